"""Packed layouts of N:M weights and of activations, as the kernels read them."""
