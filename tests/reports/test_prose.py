"""The project's own text: first lines of docstrings, and words that the prose avoids."""

import ast
import re
from pathlib import Path

import pytest

from reports.documents import ROOT

TEXTS = ("*.py", "*.pyi", "*.md", "*.jinja", "*.j2", "*.c", "*.h")
#: First words that begin a fragment of a question, not a noun phrase or an imperative.
FRAGMENTS = re.compile(r"(What|How|Whether|Where|Which|When|Who|Those|Of|As)\b")
#: Expressions with a plainer word in their place: told -> reported, given up -> aborted, anew -> again ...
AVOIDED = re.compile(
    r"\b(anew|cut\s+out|dissolved|for\s+ever|go(es)?\s+on|giv(e|es|en)\s+up|held\s+against|luck|nobody|said|"
    r"so\s+many|taken\s+back|that\s+are\s+none|told)\b",
    re.IGNORECASE,
)
ROOMS = sorted(path.parent for path in ROOT.glob("*/__init__.py"))


def texts(*patterns: str) -> list[Path]:
    """Files of the project that match one of the patterns, this one left out."""
    folders = [*ROOMS, ROOT / "docs", ROOT / "tests"]
    found = [path for folder in folders for pattern in patterns for path in folder.rglob(pattern)]
    top = [path for pattern in patterns for path in ROOT.glob(pattern)]
    return sorted({*found, *top} - {Path(__file__)})


def fragments(source: str) -> list[str]:
    """First lines of docstrings that begin with a fragment."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    lines = [(ast.get_docstring(node) or "").partition("\n")[0] for node in nodes]
    return [line for line in lines if FRAGMENTS.match(line)]


def avoided(text: str) -> list[str]:
    """Lines of a text with an expression that the prose avoids; a line break may be inside it."""
    plain = re.sub(r"\n[ \t]*(#:?|//|\*)?[ \t]*", "\n", text)
    return [" ".join(match[0].split()) for match in AVOIDED.finditer(plain)]


def test_docstrings_begin_with_a_noun_or_an_imperative():
    found = {str(path.relative_to(ROOT)): fragments(path.read_text()) for path in texts("*.py")}
    assert len(found) > 300
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_text_avoids_these_words():
    found = {str(path.relative_to(ROOT)): avoided(path.read_text()) for path in texts(*TEXTS)}
    assert {"README.md", "docs/core.md", "hw/core/core.py"} <= set(found)
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "docstring", ["What it holds.", "How it ends.", "Whether it fits.", "Of one module."]
)
def test_a_fragment_is_found(docstring: str):
    assert fragments(f'"""Good."""\n\n\ndef f():\n    """{docstring}"""\n') == [docstring]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a user is told", ["told"]),
        ("    # it goes\n    # on", ["goes on"]),
        ("# Given\n#: up", ["Given up"]),
        ("goes_on, bold, untold_story and given_up are identifiers", []),
    ],
)
def test_an_avoided_word_is_found(text: str, words: list[str]):
    assert avoided(text) == words
