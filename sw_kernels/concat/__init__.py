"""Concatenations of rows."""
