"""Randomized tests as units of work: all of them run, a failure shows its output, what passed is kept."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.errors import UserError
from common.workers import Here
from verif import soak

TESTS = """
def test_good(seed):
    assert seed > 0

def test_bad(seed):
    assert seed < 0

def test_without_a_seed():
    assert False
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> Iterator[Path]:
    """A checkout with three tests, two of them randomized; units have two tests."""
    folder = tmp_path / "checkout"
    (folder / "tests").mkdir(parents=True)
    shutil.copy(Path(__file__).parents[1] / "conftest.py", folder / "tests")
    (folder / "tests" / "test_all.py").write_text(TESTS)
    monkeypatch.setattr(soak, "_ROOT", folder)
    monkeypatch.setattr(soak, "GROUP", 2)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    soak._tests_key.cache_clear()
    yield folder
    soak._tests_key.cache_clear()


@pytest.mark.long
def test_every_test_runs_with_every_seed(root: Path, monkeypatch: pytest.MonkeyPatch):
    names = soak.collect(2, 7)
    assert len(set(names)) == 4
    assert {name.partition("[")[0] for name in names} == {
        "tests/test_all.py::test_good",
        "tests/test_all.py::test_bad",
    }
    good, bad = list(soak.run(Here(), 2, 7, names))
    assert good == (2, "")
    assert bad[0] == 2
    assert "2 failed" in bad[1]
    assert "to repeat: SEED=" in bad[1]
    monkeypatch.setattr(soak, "_pytest", lambda *_: pytest.fail("asked again"))
    with pytest.raises(pytest.fail.Exception, match="asked again"):
        list(soak.run(Here(), 2, 7, names))
    assert next(soak.run(Here(), 2, 7, names)) == good


def test_other_tests_are_refused(root: Path):
    with pytest.raises(
        UserError, match=r"the tests in \S+ on a worker are others; check out the same commit"
    ):
        soak.run_group("other", 2, 7, [])


def test_an_installation_has_no_tests(root: Path):
    shutil.rmtree(root / "tests")
    with pytest.raises(UserError, match="has no tests; run xdecimate soak in a checkout"):
        soak.collect(2, 7)
