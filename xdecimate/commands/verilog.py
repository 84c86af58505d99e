"""``xdecimate verilog``: the RTL as one Verilog file."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UserError
from common.files import check_writable, write_atomically
from hw.generate import cluster_verilog, core_verilog, unit_verilog
from xdecimate.commands.options import ConfigName, Cores, MtvecReset, cluster_config, core_config
from xdecimate.commands.output import stderr

STDOUT = "-"


class Target(StrEnum):
    """What can be generated."""

    UNIT = "unit"
    CORE = "core"
    CLUSTER = "cluster"


def verilog(
    target: Annotated[Target, typer.Argument(help="The XDecimate unit alone, a core, or a cluster.")],
    config: ConfigName = "xdecimate",
    cores: Cores = None,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="File, or - for stdout.")
    ] = STDOUT,
    mtvec_reset: MtvecReset = 0,
    rvfi: Annotated[bool, typer.Option("--rvfi", help="With the retirement trace (RVFI) of a core.")] = False,
) -> None:
    """Generate Verilog; the same configuration gives the same bytes every time.

    Example: xdecimate verilog core --config baseline -o core.v
    Example: xdecimate verilog cluster --cores 8 -o cluster.v
    """
    if output != STDOUT:
        check_writable(Path(output))
    if rvfi and target is not Target.CORE:
        raise UserError(f"--rvfi is a port of the core; {target} has none: leave it out or generate the core")
    if cores is not None and target is not Target.CLUSTER:
        raise UserError(f"--cores is for a cluster; {target} has none: leave it out")
    if mtvec_reset and target is Target.UNIT:
        raise UserError(f"--mtvec-reset is a register of the core; {target} has none: leave it out")
    core = core_config(config, mtvec_reset)
    if target is Target.CLUSTER:
        text = cluster_verilog(cluster_config(cores, core))
    else:
        text = unit_verilog() if target is Target.UNIT else core_verilog(core, rvfi=rvfi)
    if output == STDOUT:
        sys.stdout.write(text)
        return
    write_atomically(Path(output), text)
    stderr.print(f"wrote {output} ({len(text.splitlines())} lines)")
