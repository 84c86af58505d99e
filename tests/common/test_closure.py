"""The imports of a module as an ingredient: every source that is used, and no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common import closure as module
from common.closure import closure, sources

FILES = {
    "pyproject.toml": "",
    "room/__init__.py": "",
    "room/top.py": "import os\nimport stranger\nfrom room import direct\n",
    "room/direct.py": "def later():\n    from other.inner import deep\n    from .sibling import VALUE\n",
    "room/sibling.py": "VALUE = 1\n",
    "room/unused.py": "VALUE = 1\n",
    "other/__init__.py": "",
    "other/inner/__init__.py": "",
    "other/inner/deep.py": "import room.top\n",
    "stranger.py": "import room.unused\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(module, "_ROOT", tmp_path)
    module._rooms.cache_clear()
    yield tmp_path
    module._rooms.cache_clear()


def found(*modules: str, **options: tuple[str, ...]) -> str:
    closure.cache_clear()
    return closure(*modules, **options)


def test_imports_of_imports_count_and_other_distributions_do_not(root: Path):
    names = ["other", "other.inner", "other.inner.deep", "room", "room.direct", "room.sibling", "room.top"]
    found = sources("room.top")
    assert list(found) == names
    assert found["room.direct"] == root / "room/direct.py"
    assert found["other.inner"] == root / "other/inner/__init__.py"


def test_what_is_outside_is_not_followed(root: Path):
    assert set(sources("room.top", outside=("other.inner.deep",))) == {
        *("other", "other.inner", "room", "room.direct", "room.sibling", "room.top")
    }


def test_a_module_of_another_distribution_counts_with_what_it_imports_of_the_project(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.syspath_prepend(root)
    assert list(sources("stranger")) == ["room", "room.unused", "stranger"]
    with pytest.raises(ImportError, match="absent"):
        sources("absent")


def test_the_hash_changes_with_a_source_that_goes_in_and_no_other(root: Path):
    before = found("room.top")
    (root / "room/unused.py").write_text("VALUE = 2\n")
    assert found("room.top") == before
    (root / "room/sibling.py").write_text("VALUE = 2\n")
    assert found("room.top") != before
    assert found("room.top", "room.unused") != found("room.top")
