"""The command line called in this process, which spares a test the start of Python and its imports."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from xdecimate.main import run


@dataclass(frozen=True)
class Called:
    """Exit status and output of a command."""

    status: int
    output: str
    errors: str


#: Calls ``xdecimate`` with arguments.
Call = Callable[..., Called]
#: Calls a command that must refuse; returns what went to stderr on one line.
Refused = Callable[..., str]


@pytest.fixture
def call(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Call:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))
    monkeypatch.setenv("COLUMNS", "200")

    def run_command(*arguments: object) -> Called:
        monkeypatch.setattr(sys, "argv", ["xdecimate", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            run()
        output, errors = capfd.readouterr()
        return Called(int(end.value.code or 0), output, errors)

    return run_command


@pytest.fixture
def refused(call: Call) -> Refused:
    """Run a command that must refuse, in an empty folder that must stay empty."""

    def run_command(*arguments: object) -> str:
        done = call(*arguments)
        assert (done.status, done.output) == (2, ""), done.errors
        assert os.listdir() == []
        return " ".join(done.errors.replace("│", " ").split())

    return run_command
