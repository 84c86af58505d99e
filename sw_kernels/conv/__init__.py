"""Convolutions: geometry, kernels, and their walk over a cluster."""
