"""Output of all commands: tables on stdout, progress on stderr, JSON files."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from common.files import write_atomically

#: Tables keep their width in a pipe.
stdout = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
stderr = Console(stderr=True, highlight=False)


def progress() -> Progress:
    """A bar with an estimate on stderr; nothing when stderr is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=stderr,
        disable=not sys.stderr.isatty(),
        transient=True,
    )


@contextmanager
def building(what: str) -> Iterator[None]:
    """Show the step in progress on stderr, with a spinner, when stderr is a terminal."""
    if stderr.is_terminal:
        with stderr.status(what):
            yield
    else:
        yield


def write_json(path: Path | None, content: object) -> None:
    """Write ``content`` for ``--json FILE``, if it was given."""
    if path is not None:
        write_atomically(path, json.dumps(content, indent=2) + "\n")


def sparsity(m: int | None) -> str:
    """1:M, or dense."""
    return f"1:{m}" if m else "dense"
