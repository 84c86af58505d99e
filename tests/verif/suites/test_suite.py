"""Tests as the public suites write them: verdicts on the RTL, and what makes one fail."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from common.errors import UserError
from hw.config import MEMORY_MAP, XDECIMATE, CoreConfig
from sim.iss.machine import Machine
from sim.iss.memory import Memory
from verif.suites.suite import L1_BYTES, MEMORIES, Verdict, find_tests, run_suite, summary

HERE = Path(__file__).parents[3] / "verif" / "suites"


def verdicts(config: CoreConfig, folder: Path) -> dict[str, Verdict]:
    tests, _ = find_tests(folder)
    return {verdict.name: verdict for verdict in run_suite(config, tests, lambda _: None)}


def test_the_link_script_is_the_memory_map():
    found = re.search(r"ORIGIN = (\w+), LENGTH = (\d+)M", (HERE / "link.ld").read_text())
    assert found is not None
    assert int(found[1], 16) == MEMORY_MAP.l1.base
    assert int(found[2]) << 20 == L1_BYTES


def test_verdicts(build: Callable[..., Path], tmp_path: Path):
    build("self_check")
    build("self_check", "wrong", WRONG="1")
    build("self_check", "no_handler", NO_HANDLER="1")
    build("signature")
    good = build("signature", "with_reference")
    text = "01234567\nfedcba98\n" + "deadbeef\n" * 4 + "00000000\n" * 2
    good.with_suffix(".reference_output").write_text(text)
    other = build("signature", "other_reference")
    other.with_suffix(".reference_output").write_text(text.replace("fedcba98", "fedcba99"))
    short = build("signature", "short_reference")
    short.with_suffix(".reference_output").write_text(text[:-9])
    found = verdicts(XDECIMATE, tmp_path)
    assert {name: (verdict.reference, verdict.failure) for name, verdict in found.items()} == {
        "self_check": ("model", ""),
        "wrong": ("model", "ended with 4"),
        "no_handler": ("model", f"ended with {0x1000 + 11}"),
        "signature": ("model", ""),
        "with_reference": ("suite", ""),
        "other_reference": (
            "suite",
            "1 of 8 words of the signature differ, first at 1: fedcba98, must be fedcba99",
        ),
        "short_reference": ("suite", "the signature has 8 words and must have 7"),
    }
    [row] = summary(list(found.values()))
    assert (row["group"], row["config"], row["references"]) == ("elf/own", "xdecimate", ["model", "suite"])
    assert sorted(row["passed"]) == ["self_check", "signature", "with_reference"]
    assert row["failed"]["wrong"] == "ended with 4"


def test_the_model_passes_them_too(build: Callable[..., Path], tmp_path: Path):
    build("self_check")
    [test], _ = find_tests(tmp_path)
    machine = Machine(XDECIMATE, Memory(MEMORIES))
    machine.load(test.program)
    machine.run(10_000)
    assert machine.memory.exit_word == 1


def test_tests_are_chosen_by_name(build: Callable[..., Path], tmp_path: Path):
    build("signature")
    build("self_check", folder="elf/other")
    [test], unusable = find_tests(tmp_path / "elf", "other/self")
    assert (test.group, test.name, unusable) == ("other", "self_check", [])
    with pytest.raises(UserError, match=r"no file \*\.elf whose name contains 'nope'"):
        find_tests(tmp_path, "nope")
