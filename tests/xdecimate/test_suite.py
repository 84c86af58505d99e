"""Signatures and suites as a user meets them."""

import json
from pathlib import Path

import pytest

from hw.config import RV32IM
from sw_kernels.build import core_flags, run_clang

from .conftest import Call

ROOT = Path(__file__).parents[2]


@pytest.fixture
def elf(tmp_path: Path) -> Path:
    headers = ["-I", ROOT / "verif/suites", "-T", ROOT / "verif/suites/link.ld"]
    source = ROOT / "tests/verif/suites/programs/signature.S"
    output = tmp_path / "elf" / "signature.elf"
    run_clang([*core_flags(RV32IM), *headers, source], output)
    return output


def test_run_writes_the_signature(call: Call, elf: Path, tmp_path: Path):
    target = tmp_path / "signature"
    assert call("run", elf, "--signature", target).status == 0
    assert target.read_text().split()[:3] == ["01234567", "fedcba98", "deadbeef"]
    done = call("run", elf, "--signature", target, "--signature-granularity", 8)
    assert done.status == 0
    assert target.read_text().split()[0] == "fedcba9801234567"


def test_a_signature_that_cannot_be_written_whole(call: Call, elf: Path, tmp_path: Path):
    target = tmp_path / "signature"
    for arguments, status, message in (
        (("--signature-granularity", 3), 2, "granularity must be one of"),
        (("--max-cycles", 5), 3, "did not end"),
    ):
        done = call("run", elf, "--signature", target, *arguments)
        assert done.status == status
        assert message in done.output + done.errors
        assert not target.exists()
    done = call("run", elf, "--signature", "/nonexistent/file")
    assert done.status == 2
    assert "cannot write /nonexistent/file" in done.errors


def test_l1_is_as_large_as_asked(call: Call, elf: Path):
    done = call("run", elf, "--l1-bytes", 64)
    assert done.status == 2
    assert "0x10000000..0x1000003f" in done.errors


def test_suite(call: Call, elf: Path, tmp_path: Path):
    figures = tmp_path / "suites.json"
    done = call("suite", elf.parent, "--configs", "rv32im,xdecimate", "--json", figures)
    assert done.status == 0, done.errors
    assert "2 passed, 0 failed" in done.output
    assert [row["passed"] for row in json.loads(figures.read_text())] == [["signature"]] * 2
    elf.with_suffix(".reference_output").write_text("00000000\n" * 8)
    done = call("suite", elf.parent)
    assert done.status == 1
    assert "FAILED: 6 of 8 words of the signature differ" in done.output
    (elf.parent / "a_damaged.elf").write_bytes(elf.read_bytes()[:100])
    (elf.parent / "b_text.elf").write_text("no program")
    done = call("suite", elf.parent, "--json", figures)
    assert done.status == 1
    assert "a_damaged on xdecimate FAILED: cannot be run: " in done.output
    assert "b_text on xdecimate FAILED: cannot be run: " in done.output
    assert "FAILED: 6 of 8 words" in done.output  # the rest has run
    [row] = json.loads(figures.read_text())
    assert sorted(row["failed"]) == ["a_damaged", "b_text", "signature"]
    done = call("suite", elf.parent, "-k", "nothing here")
    assert done.status == 2
    assert "no file *.elf whose name contains" in done.errors
