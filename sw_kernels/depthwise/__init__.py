"""Depthwise convolutions: one filter for each channel."""
