"""Layers run as programs on the generated core: cycles, and every output byte against NumPy."""
