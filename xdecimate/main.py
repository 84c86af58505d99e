"""The entry point of ``xdecimate``, and the exit status of a command that fails."""

import os
import signal
import sys
from importlib.metadata import version
from types import FrameType
from typing import Annotated

import typer
from typer.core import TyperGroup

from common.errors import UserError
from sim.rtl.errors import SimulationError
from xdecimate.commands.registry import commands

INTERRUPTED = 130

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"xdecimate {version('xdecimate')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Generate, run, verify and measure a RISC-V core with the xDecimate extension."""


def command_line() -> TyperGroup:
    """The whole command line; each command is imported when it is called."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    for command in commands().values():
        group.add_command(command)
    return group


def run() -> None:
    """Run the command line; exit status 2 for a user's mistake or a failed tool, 130 after Ctrl-C."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        try:
            command_line()()
        finally:
            sys.stdout.flush()
    except (UserError, SimulationError) as error:
        _fail(str(error))
    except OSError as error:
        # Output that cannot be delivered must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        what = f"{error.filename}: " if error.filename else ""
        _fail(f"{what}{error.strerror}; free some space or choose another place")
    except SystemExit as end:  # typer turns Ctrl-C into this
        if end.code == INTERRUPTED:
            print("interrupted", file=sys.stderr)
        raise


def _fail(message: str) -> None:
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


def _terminate(signal_number: int, frame: FrameType | None) -> None:
    """Unwind the stack, which ends simulators and removes temporary files."""
    sys.exit(128 + signal_number)
