"""Activity of a netlist small enough to follow by hand, from recordings written by hand."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import synth.activity
from common.errors import UserError
from synth.activity import read_recording
from synth.cells import embedded
from synth.netlist import Netlist

CLK, A, RST, D, Q, Y, INVERSE = range(2, 9)
#: held <= a ^ held; y = !(held & a)
MODULE = {
    "ports": {
        "clk": {"direction": "input", "bits": [CLK]},
        "rst": {"direction": "input", "bits": [RST]},
        "a": {"direction": "input", "bits": [A]},
        "y": {"direction": "output", "bits": [Y]},
    },
    "netnames": {},
    "cells": {
        "y": {"type": "NAND2", "connections": {"A": [Q], "B": [A], "Y": [Y]}},
        "d": {"type": "XOR2", "connections": {"A": [A], "B": [Q], "Y": [D]}},
        "held": {"type": "DFF", "connections": {"CK": [CLK], "D": [D], "Q": [Q]}},
        "constant": {"type": "NAND2", "connections": {"A": [Q], "B": ["1"], "Y": [INVERSE]}},
    },
}


@pytest.fixture
def netlist(tmp_path: Path) -> Netlist:
    path = tmp_path / "netlist.json"
    path.write_text(json.dumps({"modules": {"top": MODULE}}))
    return Netlist(path, "top", embedded())


def _record(path: Path, a: list[int], held: list[int]) -> Path:
    """A word for each cycle: the inputs a and rst, which is low, and the state."""
    np.array([x | state << 2 for x, state in zip(a, held, strict=True)], "<u4").tofile(path)
    return path


def _run(a: list[int]) -> list[int]:
    held = [0]
    for x in a[:-1]:
        held.append(x ^ held[-1])
    return held


def _changes(values: list[int]) -> int:
    return sum(x != y for x, y in pairwise(values))


@pytest.mark.parametrize("window", [2, 3, 5, 1 << 14])
def test_toggles(netlist: Netlist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: int):
    monkeypatch.setattr(synth.activity, "_WINDOW", window)
    a = [0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1]
    held = _run(a)
    activity = read_recording(netlist, _record(tmp_path / "r", a, held))
    assert activity.cycles == len(a)
    assert activity.toggles == {
        CLK: 2 * len(a),
        A: _changes(a),
        RST: 0,
        Q: _changes(held),
        D: _changes([x ^ state for x, state in zip(a, held, strict=True)]),
        Y: _changes([x & state for x, state in zip(a, held, strict=True)]),
        INVERSE: _changes(held),
    }


def test_states_that_do_not_follow(netlist: Netlist, tmp_path: Path):
    a = [0, 1, 1, 0]
    held = _run(a)
    for cycle in range(1, len(a)):
        wrong = [state ^ (index == cycle) for index, state in enumerate(held)]
        with pytest.raises(UserError, match="has states that this netlist does not reach"):
            read_recording(netlist, _record(tmp_path / "r", a, wrong))


def test_files_that_are_no_recording(netlist: Netlist, tmp_path: Path):
    path = tmp_path / "r"
    for content in (b"", bytes(4), bytes(9)):
        path.write_bytes(content)
        with pytest.raises(UserError, match="is not a recording of this netlist"):
            read_recording(netlist, path)
