"""``xdecimate``: the entry point, and how errors end a command."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

import typer

from hw.errors import UserError
from verif.simulation.errors import SimulationError
from xdecimate.area import area
from xdecimate.bench import bench
from xdecimate.coverage import coverage
from xdecimate.doctor import doctor
from xdecimate.energy import energy
from xdecimate.equivalence import equivalence
from xdecimate.formal import formal
from xdecimate.fpga import fpga
from xdecimate.fuzz import fuzz
from xdecimate.mutation import mutation
from xdecimate.run import run_program
from xdecimate.suite import suite
from xdecimate.test import regressions
from xdecimate.timing import timing
from xdecimate.verilog import verilog

INTERRUPTED = 130

app = typer.Typer(
    help="A RISC-V core with the xDecimate extension: generate, run, verify, measure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

COMMANDS: dict[str, Callable[..., None]] = {
    "doctor": doctor,
    "verilog": verilog,
    "run": run_program,
    "test": regressions,
    "fuzz": fuzz,
    "formal": formal,
    "suite": suite,
    "mutation": mutation,
    "coverage": coverage,
    "bench": bench,
    "area": area,
    "equivalence": equivalence,
    "timing": timing,
    "fpga": fpga,
    "energy": energy,
}
for name, command in COMMANDS.items():
    app.command(name)(command)


def run() -> None:
    """Run the command line; exit status 2 for what cannot be done as asked, 130 after Ctrl-C."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        try:
            app()
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
    """Unwind, so that simulators and temporary files go too."""
    sys.exit(128 + signal_number)
