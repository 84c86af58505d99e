"""The notebooks of examples run from start to end, and print what they are kept with."""

from pathlib import Path

import pytest

from reports.notebooks import NOTEBOOKS, executed


def test_there_is_one():
    assert NOTEBOOKS


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_prints_what_it_is_kept_with(path: Path):
    assert executed(path) == path.read_text(), "run python -m reports.notebooks"
