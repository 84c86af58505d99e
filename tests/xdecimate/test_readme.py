"""README's quick start shows what ``make run`` prints."""

import re
from pathlib import Path

import pytest

from .conftest import Call

ROOT = Path(__file__).parents[2]


def words(line: str) -> list[str]:
    return re.sub(r"[┃│]", " ", line).split()


@pytest.mark.long
def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]):
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    exec(program, {})
    layer, cost = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"conv sparse_xdecimate m8 \d+ True \(8, 8, 32\)", layer)
    assert re.fullmatch(r"1\.\d+ \d+", cost)


def test_the_output_of_the_quick_start_is_the_real_one(call: Call):
    shown = re.search(r"```text\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    geometry = re.search(r"^CONV := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert shown
    assert geometry
    printed = call("bench", "conv", "--geometry", geometry[1]).output + call("area").output
    real = [words(line) for line in printed.splitlines()]
    lines = [words(line) for line in shown[1].splitlines()]
    own = [line for line in lines if line != ["..."] and line[0] != "Verilog"]
    assert len(own) == 6
    assert [line for line in own if line not in real] == []
