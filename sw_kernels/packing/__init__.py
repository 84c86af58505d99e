"""N:M weights: pruning, recognising, and the packed layouts that the kernels read."""
