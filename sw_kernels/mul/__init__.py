"""Product of two tensors."""
