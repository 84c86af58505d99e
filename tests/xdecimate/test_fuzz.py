"""``xdecimate fuzz`` as a user meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def fuzz(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from xdecimate.main import run; run()", "fuzz", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--replay", "/nowhere/case.json"], "cannot read"),
        (["--program", "3"], "needs its seed and its configuration"),
        (["--program", "3", "--seed", "1"], "add --seed and --config"),
        (["--config", "rv64"], "must be one of rv32im, baseline, xdecimate"),
        (["--seed", "0"], "--seed"),
        (["--seed", "12x"], "--seed"),
        (["--instructions", "0"], "--instructions"),
        (["--json", "/nowhere/figures.json"], "cannot write"),
    ],
)
def test_bad_arguments(arguments: list[str], message: str):
    done = fuzz(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_case(tmp_path: Path):
    path = tmp_path / "case.json"
    path.write_text('{"format": "xdecimate fuzz case 1", "checksum": "0", "case": {}}')
    done = fuzz("--replay", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {path} is damaged")
    assert done.stderr.count("\n") == 1
