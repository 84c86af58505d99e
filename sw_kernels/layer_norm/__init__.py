"""Layer normalization of rows."""
