"""Layers on the cluster: how they are cut to fit L1, and the programs that run them."""
