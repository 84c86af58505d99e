"""``xdecimate cache``: the folder in which commands keep their results."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from common.cache import clear as clear_cache
from common.files import BUILD
from xdecimate.commands.output import stdout


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; a file that vanishes during the count has none."""
    total = 0
    for file in path.rglob("*") if path.is_dir() else [path]:
        try:
            total += file.stat().st_size if file.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def cache(
    size: Annotated[bool, typer.Option("--size", help="Show the size of each part.")] = False,
    clear: Annotated[
        bool, typer.Option("--clear", help="Delete the cache; commands compute again what they need.")
    ] = False,
) -> None:
    """Show the cache folder and its size, or delete it.

    The cache lies in build/ of a checkout, otherwise in the user's cache folder. The variable
    XDECIMATE_CACHE names another folder.

    Example: xdecimate cache --size
    """
    stdout.print(f"cache: {BUILD}", soft_wrap=True)
    parts = sorted(BUILD.iterdir()) if BUILD.is_dir() else []
    if size:
        table = Table("part", "MB")
        table.columns[1].justify = "right"
        sizes = {part.name: _size(part) / 1e6 for part in parts}
        for name, megabytes in sizes.items():
            table.add_row(name, f"{megabytes:,.1f}")
        table.add_row("all", f"{sum(sizes.values()):,.1f}")
        stdout.print(table)
    if clear:
        deleted, busy = clear_cache()
        stdout.print(f"deleted {deleted} parts")
        if busy:
            stdout.print(f"left {busy} folders that running processes are filling", soft_wrap=True)
