"""Verification of XDecmac."""
