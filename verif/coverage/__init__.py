"""Functional coverage: what a retirement trace has exercised, against all that there is to exercise."""
