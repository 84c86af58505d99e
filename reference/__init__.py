"""Golden models in NumPy: what every kernel and the instruction must produce, bit for bit."""
