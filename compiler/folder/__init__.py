"""The folder of a compiled network: what compile writes, and what runs from it."""
