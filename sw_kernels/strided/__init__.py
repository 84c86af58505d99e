"""Strided views: transposes, slices and copies."""
