"""Verification of extension units: a package each, with the record that programs and proofs use."""
