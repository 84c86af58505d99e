"""Lemmas that the specifications use, shown for all integers."""

from typing import Any

import z3


def _integer(name: str) -> Any:
    """A variable over all integers; z3 overloads the operators of its expressions at run time."""
    return z3.Int(name)


def test_a_product_is_the_sum_of_the_products_of_halves():
    low_a, high_a, low_b, high_b = (_integer(name) for name in ("low_a", "high_a", "low_b", "high_b"))
    half = 1 << 16
    product = (low_a + half * high_a) * (low_b + half * high_b)
    mixed = low_a * high_b + high_a * low_b
    solver = z3.Solver()
    # The term of half * half is beyond 32 bits; a high word keeps it.
    solver.add(product != low_a * low_b + half * mixed + half * half * high_a * high_b)
    assert solver.check() == z3.unsat


def test_a_scaled_word_is_the_sum_of_its_scaled_halves():
    """In xdecq's scaling, of which the lower half's product is never negative."""
    low, high, factor = (_integer(name) for name in ("low", "high", "factor"))
    half = 1 << 16
    solver = z3.Solver()
    solver.add((low + half * high) * factor / half != high * factor + low * factor / half)
    assert solver.check() == z3.unsat


def test_a_negative_product_is_that_of_the_complement_and_one_factor_more():
    """In the real part of a complex product; ~x is -x - 1."""
    x, y = _integer("x"), _integer("y")
    solver = z3.Solver()
    solver.add(-(x * y) != (-x - 1) * y + y)
    assert solver.check() == z3.unsat
