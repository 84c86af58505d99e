"""Documents made from tables, signatures, docstrings and measured results."""
