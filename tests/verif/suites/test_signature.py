"""Signatures: their text, and ranges that cannot be dumped."""

from pathlib import Path

import pytest

from common.errors import UserError
from sim.elf import Program, Segment
from verif.suites.signature import signature_region, signature_text

BASE = 0x1000_0000


def program(**symbols: int) -> Program:
    return Program(Path("x.elf"), BASE, (Segment(BASE, bytes(64)),), symbols)


def test_a_line_is_a_little_endian_number():
    content = bytes(range(16))
    assert signature_text(content) == "03020100\n07060504\n0b0a0908\n0f0e0d0c\n"
    assert signature_text(content, 16) == "0f0e0d0c0b0a09080706050403020100\n"
    assert signature_text(content[:2], 1) == "00\n01\n"


def test_the_region_lies_between_the_symbols():
    region = signature_region(program(begin_signature=BASE + 4, end_signature=BASE + 64))
    assert (region.base, region.size) == (BASE + 4, 60)


@pytest.mark.parametrize(
    ("symbols", "granularity", "message"),
    [
        ({}, 4, "no symbol begin_signature and no symbol end_signature"),
        ({"begin_signature": BASE}, 4, "no symbol end_signature"),
        ({"begin_signature": BASE + 8, "end_signature": BASE + 8}, 4, "is empty"),
        ({"begin_signature": BASE + 8, "end_signature": BASE}, 4, "is empty"),
        ({"begin_signature": BASE + 2, "end_signature": BASE + 6}, 4, "multiple of 4"),
        ({"begin_signature": BASE, "end_signature": BASE + 4}, 8, "whole lines of 8 bytes"),
        ({"begin_signature": BASE, "end_signature": BASE + 68}, 4, "must lie in a segment that"),
        (
            {"begin_signature": BASE, "end_signature": BASE + 4},
            3,
            "granularity must be one of 1, 2, 4, 8, 16",
        ),
    ],
)
def test_a_range_that_cannot_be_dumped(symbols: dict[str, int], granularity: int, message: str):
    with pytest.raises(UserError, match=message):
        signature_region(program(**symbols), granularity)
