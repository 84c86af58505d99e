"""The cluster: cores, shared L1, instruction caches, event unit, DMA, and the port to L2."""
