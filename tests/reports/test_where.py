"""A newcomer's guesses in docs/extending.md all hit."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from reports.documents import ROOT

ROWS = re.findall(
    r"^\| (.+?) \| `(\S+)` \| `(\w+)` \|$", (ROOT / "docs" / "extending.md").read_text(), re.MULTILINE
)


def test_there_are_at_least_fifteen():
    assert len(ROWS) >= 15
    assert len({question for question, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("question", "path", "name"), ROWS, ids=[question for question, _, _ in ROWS])
def test_a_guess_hits(question: str, path: str, name: str):
    """A Python file defines the name itself; any other holds it."""
    text = (ROOT / path).read_text()
    if Path(path).suffix == ".py":
        module = path.removesuffix(".py").replace("/", ".")
        assert hasattr(import_module(module), name)
        assert re.search(rf"^(def|class) {name}\b|^{name}\b.*=", text, re.MULTILINE)
    else:
        assert re.search(rf"\b{name}\b", text)
