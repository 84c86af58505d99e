"""XDecimate: unpack the next N:M index and load that activation byte into a SIMD lane."""
