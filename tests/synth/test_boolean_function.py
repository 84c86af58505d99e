"""Boolean functions of Liberty files."""

from itertools import product

import pytest

from synth.boolean_function import parse_function


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("A", lambda a, b, c: a),
        ("!A", lambda a, b, c: not a),
        ("A'", lambda a, b, c: not a),
        ("(A B)'", lambda a, b, c: not (a and b)),
        ("!(A & B) | C", lambda a, b, c: not (a and b) or c),
        ("A * B + C'", lambda a, b, c: (a and b) or not c),
        ("!A B", lambda a, b, c: not a and b),
        ("A ^ B & C", lambda a, b, c: (a != b) and c),
        ("A (B + !C)", lambda a, b, c: a and (b or not c)),
        ("(A&!B) | (!A&B)", lambda a, b, c: a != b),
        ("1", lambda a, b, c: True),
        ("0 | B", lambda a, b, c: b),
    ],
)
def test_functions(text: str, meaning):
    table = parse_function(text).table(("A", "B", "C"))
    for c, b, a in product((False, True), repeat=3):
        assert bool(table >> (a + 2 * b + 4 * c) & 1) == bool(meaning(a, b, c)), (text, a, b, c)


@pytest.mark.parametrize("text", ["", "A &", "(A", "A)", "A % B", "&"])
def test_no_function(text: str):
    with pytest.raises(ValueError, match=r"not a Boolean function|parenthesis|where a name should be"):
        parse_function(text)
