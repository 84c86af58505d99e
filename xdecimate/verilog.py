"""``xdecimate verilog``: the RTL as one Verilog file."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hw.errors import UserError
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
    rvfi: Annotated[bool, typer.Option("--rvfi", help="With the retirement trace (RVFI) of a core.")] = False,
) -> None:
    """Generate Verilog; the same configuration gives the same bytes every time.

    Example: xdecimate verilog core --config baseline -o core.v
    """
    chosen = core_config(config)
    if rvfi and target is Target.UNIT:
        raise UserError("--rvfi is a port of the core, not of the unit; leave it out or generate the core")
    text = unit_verilog() if target is Target.UNIT else core_verilog(chosen, rvfi=rvfi)
    if str(output) == "-":
        sys.stdout.write(text)
        return
    write_atomically(output, text)
    stderr.print(f"wrote {output} ({len(text.splitlines())} lines)")
