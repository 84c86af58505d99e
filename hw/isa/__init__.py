"""The instruction set: one table, and how to look things up in it."""
