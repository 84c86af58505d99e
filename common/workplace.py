"""Temporary folders that a killed process does not leave behind for good.

All lie in ``BUILD``/work, each beside a lock file that its holder keeps locked. The kernel releases a lock
when its process ends, however it ends: a folder whose lock is free is a leftover, and is swept.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from common import files
from common.errors import UserError


@contextmanager
def workplace(name: str | None = None) -> Iterator[Path]:
    """A new empty folder, removed at the end; one process or thread at a time has the workplace of a name.

    ``name`` has neither dots nor slashes; without one, the folder is the caller's alone. Raises ``UserError``
    when it cannot be made.
    """
    with writable(_root()):
        _root().mkdir(parents=True, exist_ok=True)
        _sweep_once(_root())
    name = name or f"run-{secrets.token_hex(8)}"
    with _locked(name, wait=True):
        # Whoever held this name before is dead, or would still hold the lock. Its children may live and
        # write on, so that each holder has a folder of another name.
        _remove(name)
        folder = _root() / f"{name}.{secrets.token_hex(8)}"
        with writable(folder):
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep() -> int:
    """Remove what dead processes left behind; returns how many workplaces are in use."""
    names = {path.name.partition(".")[0] for path in _root().glob("[!.]*")}
    busy = 0
    for name in sorted(names):
        with _locked(name, wait=False) as free:
            if free:
                _remove(name)
            else:
                busy += 1
    return busy


def _root() -> Path:
    return files.BUILD / "work"


@cache
def _sweep_once(_: Path) -> None:
    sweep()


def _remove(name: str) -> None:
    for path in _root().glob(f"{name}.*"):
        if path.suffix != ".lock":
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(name: str, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a name; False when it is not free and ``wait`` is not wanted."""
    path = _root() / f"{name}.lock"
    while True:
        with writable(path):
            file = path.open("a")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            # Its last holder removes the file, so that a lock on a removed file excludes no process.
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                try:
                    yield True
                finally:
                    path.unlink(missing_ok=True)
                return


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Make an ``OSError`` the ``UserError`` that ``path`` in the cache cannot be written."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror}; make the cache folder writable, or set XDECIMATE_CACHE "
            "to another folder"
        ) from error
