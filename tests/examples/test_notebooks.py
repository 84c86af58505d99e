"""The notebooks of examples run from start to end, and print what they are kept with."""

from pathlib import Path

import nbformat
import pytest

from reports.notebooks import NOTEBOOKS, executed


def test_there_is_one():
    assert NOTEBOOKS


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_prints_what_it_is_kept_with(path: Path):
    """Notebooks whose floating-point results vary from processor to processor check themselves."""
    own = nbformat.read(path, as_version=4).metadata.get("xdecimate", {})
    for package in own.get("needs", ()):
        pytest.importorskip(package)
    printed = executed(path)
    assert own.get("varies") or printed == path.read_text(), "run python -m reports.notebooks"
