"""Figures of extension units by themselves, a file each."""
