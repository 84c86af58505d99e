"""Signatures and suites as a user meets them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hw.config import XDECIMATE
from sw_kernels.build import core_flags, run_clang

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from xdecimate.main import run; run()"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}


def xdecimate(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, text=True, check=False, capture_output=True, env=ENVIRONMENT)


@pytest.fixture
def elf(tmp_path: Path) -> Path:
    headers = ["-I", ROOT / "verif/suites", "-T", ROOT / "verif/suites/link.ld"]
    source = ROOT / "tests/verif/suites/programs/signature.S"
    output = tmp_path / "elf" / "signature.elf"
    run_clang([*core_flags(XDECIMATE), *headers, source], output)
    return output


def test_run_writes_the_signature(elf: Path, tmp_path: Path):
    target = tmp_path / "signature"
    assert xdecimate("run", elf, "--signature", target).returncode == 0
    assert target.read_text().split()[:3] == ["01234567", "fedcba98", "deadbeef"]
    done = xdecimate("run", elf, "--signature", target, "--signature-granularity", 8)
    assert done.returncode == 0
    assert target.read_text().split()[0] == "fedcba9801234567"


def test_a_signature_that_cannot_be_written_whole(elf: Path, tmp_path: Path):
    target = tmp_path / "signature"
    for arguments, status, message in (
        (("--signature-granularity", 3), 2, "granularity must be one of"),
        (("--max-cycles", 5), 3, "did not end"),
    ):
        done = xdecimate("run", elf, "--signature", target, *arguments)
        assert done.returncode == status
        assert message in done.stdout + done.stderr
        assert not target.exists()
    done = xdecimate("run", elf, "--signature", "/nonexistent/file")
    assert done.returncode == 2
    assert "cannot write /nonexistent/file" in done.stderr


def test_l1_is_as_large_as_asked(elf: Path):
    done = xdecimate("run", elf, "--l1-bytes", 64)
    assert done.returncode == 2
    assert "0x10000000..0x1000003f" in done.stderr


def test_suite(elf: Path, tmp_path: Path):
    figures = tmp_path / "suites.json"
    done = xdecimate("suite", elf.parent, "--configs", "rv32im,xdecimate", "--json", figures)
    assert done.returncode == 0, done.stderr
    assert "2 passed, 0 failed" in done.stdout
    assert [row["passed"] for row in json.loads(figures.read_text())] == [["signature"]] * 2
    elf.with_suffix(".reference_output").write_text("00000000\n" * 8)
    done = xdecimate("suite", elf.parent)
    assert done.returncode == 1
    assert "FAILED: 6 of 8 words of the signature differ" in done.stdout
    (elf.parent / "a_damaged.elf").write_bytes(elf.read_bytes()[:100])
    (elf.parent / "b_text.elf").write_text("no program")
    done = xdecimate("suite", elf.parent, "--json", figures)
    assert done.returncode == 1
    assert "a_damaged on xdecimate FAILED: cannot be run: " in done.stdout
    assert "b_text on xdecimate FAILED: cannot be run: " in done.stdout
    assert "FAILED: 6 of 8 words" in done.stdout  # the rest has run
    assert "Traceback" not in done.stderr
    [row] = json.loads(figures.read_text())
    assert sorted(row["failed"]) == ["a_damaged", "b_text", "signature"]
    done = xdecimate("suite", elf.parent, "-k", "nothing here")
    assert done.returncode == 2
    assert "no file *.elf whose name contains" in done.stderr
