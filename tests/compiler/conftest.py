"""Programs for this PC, compiled in half the time."""

import pytest

from compiler.folder import host


@pytest.fixture(autouse=True)
def quick_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile without optimization: a program runs for milliseconds, and the sanitizers see as much."""
    flags = tuple("-O0" if flag == "-O2" else flag for flag in host._FLAGS)
    monkeypatch.setattr(host, "_FLAGS", flags)
