"""XDecimate: its random programs, coverage, cycles, bench and proofs."""
