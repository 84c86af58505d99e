"""Waveforms of the documents: each block with a stimulus that shows its protocol."""
