"""The tutorial from start to end: programs saved, commands run, in order, in an empty folder."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reports.documents import ROOT

BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.long
def test_every_command_of_the_tutorial_works(tmp_path: Path):
    """The clone and its set-up, in a block of another kind, are what every run of the tests begins with."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    printed = []
    for kind, text in BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text()):
        if kind == "python":
            name = re.match(r"# (\w+\.py)\n", text)
            assert name
            (tmp_path / name[1]).write_text(text)
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}"
        printed.append(done.stdout)
    everything = "".join(printed)
    assert "144 of 1152 weights are not zero" in everything
    assert len(re.findall(r"times faster", everything)) == 2
    assert re.search(r"the instruction costs \d+ GE, \d+\.\d\d %", everything)
    assert re.search(r"\d+ cycles on 4 cores", everything)
    assert "inputs must have the 16 channels of the weights" in everything
    assert (tmp_path / "rows.json").is_file()
    assert "conv sparse_xdecimate m8" in everything
    assert json.loads((tmp_path / "layers.json").read_text())["cycles"] > 0
    assert re.search(r"class \d after \d+ cycles on 4 cores", everything)
