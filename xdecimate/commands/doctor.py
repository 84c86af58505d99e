"""``xdecimate doctor``: tools and packages that are installed or missing."""

import os
import shutil
import sys
from importlib import metadata
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from xdecimate.commands.output import stdout

#: Commands that pip cannot install, and Debian's packages for them.
SYSTEM = {"g++": "g++", "make": "make", "perl": "perl"}
#: Optional groups of packages, and the uses that need them.
EXTRAS = {"compiler": "networks", "distributed": "--scheduler"}


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _packages() -> list[tuple[str, str, str]]:
    """Name, state and remedy of each Python package that the project pins.

    An installation that lacks one of the developers' packages is a user's, and a user needs none of them.
    """
    pins = [requirement.partition(";") for requirement in metadata.requires("xdecimate") or []]
    extras = [pin.partition("==")[0].strip() for pin, _, marker in pins if "extra" in marker]
    develops = all(map(_installed, extras))
    rows = []
    for pin, _, marker in pins:
        name, _, wanted = pin.strip().partition("==")
        if "extra" in marker and not develops:
            continue
        found = _installed(name)
        remedy = f"{sys.executable} -m pip install {name}=={wanted}"
        if found is None:
            rows.append((name, "missing", remedy))
        else:
            rows.append((name, found, "" if found == wanted else f"{remedy} (pinned)"))
    return rows


def _extras() -> list[tuple[str, str, str]]:
    """Name and state of each optional group of packages, with the command that installs a missing one."""
    pins = [requirement.partition(";") for requirement in metadata.requires("xdecimate") or []]
    rows = []
    for extra, use in EXTRAS.items():
        packages = [pin.partition("==")[0].strip() for pin, _, marker in pins if f'"{extra}"' in marker]
        missing = f"missing; for {use}: pip install 'xdecimate[{extra}]'"
        rows.append(
            (f"extra {extra} (optional)", "installed" if all(map(_installed, packages)) else missing, "")
        )
    return rows


def doctor() -> None:
    """List tools and packages, with a remedy for each that is missing; exit status 1 if one is missing.

    Example: xdecimate doctor
    """
    rows = [("python", sys.version.split()[0], "")]
    rows += _packages()
    for command, package in SYSTEM.items():
        path = shutil.which(command)
        rows.append((command, path or "missing", "" if path else f"apt-get install {package}"))
    from find_libpython import find_libpython

    library = find_libpython()
    rows.append(
        (
            "libpython",
            library or "missing",
            "" if library and Path(library).exists() else "a Python built with --enable-shared, for cocotb",
        )
    )
    rows += _extras()
    rows += [
        (
            "OpenSTA (optional)",
            shutil.which("sta") or "missing, so timing is estimated; apt-get install opensta",
            "",
        ),
        (
            "Icarus Verilog (optional)",
            shutil.which("iverilog") or "missing, so its tests are skipped; apt-get install iverilog",
            "",
        ),
        (
            "PDK_ROOT (optional)",
            os.environ.get("PDK_ROOT", "not set, so --pdk has no sky130A or ihp-sg13g2"),
            "",
        ),
    ]
    table = Table("tool or package", "found", "to do")
    for row in rows:
        table.add_row(*map(escape, row))
    stdout.print(table)
    missing = [name for name, _, remedy in rows if remedy]
    stdout.print(f"to do: {', '.join(missing)}" if missing else "nothing is missing")
    if missing:
        raise typer.Exit(1)
