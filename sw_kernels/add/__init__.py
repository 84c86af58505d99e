"""Addition of two tensors."""
