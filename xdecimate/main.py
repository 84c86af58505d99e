"""``xdecimate``: the entry point, and how errors end a command."""

import sys

import typer

from hw.errors import UserError
from xdecimate.area import area
from xdecimate.doctor import doctor
from xdecimate.verilog import verilog

app = typer.Typer(
    help="A RISC-V core with the xDecimate extension: generate, run, verify, measure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for command in (doctor, verilog, area):
    app.command()(command)


def run() -> None:
    """Run the command line; exit status 2 for a user's mistake, 130 after Ctrl-C."""
    try:
        app()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
