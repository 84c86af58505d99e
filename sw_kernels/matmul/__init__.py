"""Products of two activations, head by head."""
