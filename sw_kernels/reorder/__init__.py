"""Conversion between rows of an image and four bands of them side by side."""
