"""Private part of the Python API; xdecimate/__init__.pyi lists what of it is public."""
