"""N:M weights: pruning, recognising, and the three packed formats that the kernels read."""
