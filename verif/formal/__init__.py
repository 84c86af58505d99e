"""Proofs about the generated hardware, with SymbiYosys (sby) and z3."""
