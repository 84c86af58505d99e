"""Tables of 256 entries."""
