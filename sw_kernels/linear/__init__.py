"""Fully-connected layers: geometry, kernels, and their walk over a cluster."""
