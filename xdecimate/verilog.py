"""``xdecimate verilog``: the RTL as one Verilog file."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hw.files import write_atomically
from hw.generate import core_verilog, unit_verilog
from xdecimate.options import ConfigName, core_config
from xdecimate.output import stderr


class Target(StrEnum):
    """What can be generated."""

    UNIT = "unit"
    CORE = "core"


def verilog(
    target: Annotated[Target, typer.Argument(help="The XDecimate unit alone, or a core.")],
    config: ConfigName = "xdecimate",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="File, or - for stdout.")
    ] = Path("-"),
) -> None:
    """Generate Verilog; the same configuration gives the same bytes every time.

    Example: xdecimate verilog core --config baseline -o core.v
    """
    chosen = core_config(config)
    text = unit_verilog() if target is Target.UNIT else core_verilog(chosen)
    if str(output) == "-":
        sys.stdout.write(text)
        return
    write_atomically(output, text)
    stderr.print(f"wrote {output} ({len(text.splitlines())} lines)")
