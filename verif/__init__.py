"""Verification: golden models, the instruction-set model, simulation and formal checks."""
