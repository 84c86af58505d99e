"""Networks pruned to N:M and quantized to int8: from a PyTorch model to the file that the compiler reads."""
