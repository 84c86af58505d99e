"""N:M pruning of the layers of any PyTorch model."""
