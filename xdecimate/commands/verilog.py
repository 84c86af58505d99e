"""``xdecimate verilog``: the RTL as one Verilog file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

import xdecimate as xd
from common.files import check_writable, write_atomically
from xdecimate._api.verilog import Top
from xdecimate.commands.options import ClusterName, ConfigName, Cores, MtvecReset, chosen_cluster
from xdecimate.commands.output import stderr

STDOUT = "-"


def verilog(
    target: Annotated[Top, typer.Argument(help="The XDecimate unit alone, a core, or a cluster.")],
    config: ConfigName = "xdecimate",
    cores: Cores = None,
    cluster: ClusterName = None,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="File, or - for stdout.")
    ] = STDOUT,
    mtvec_reset: MtvecReset = 0,
    rvfi: Annotated[bool, typer.Option("--rvfi", help="Add the retirement trace (RVFI) of a core.")] = False,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Name of the top module, by default CONFIG_core or CONFIG_cluster."
        ),
    ] = None,
) -> None:
    """Generate Verilog; a configuration gives the same bytes every time.

    Example: xdecimate verilog core --config baseline -o core.v
    The names of all modules begin with that of the top, so that several designs can stand in one.

    Example: xdecimate verilog core --config baseline --name host -o host.v
    Example: xdecimate verilog cluster --cores 8 -o cluster.v
    Example: xdecimate verilog cluster --cluster wide -o wide.v
    """
    if output != STDOUT:
        check_writable(Path(output))
    text = xd.verilog(
        config,
        top=target,
        cluster=chosen_cluster(cluster, cores),
        mtvec_reset=mtvec_reset,
        rvfi=rvfi,
        name=name,
    )
    if output == STDOUT:
        sys.stdout.write(text)
        return
    write_atomically(Path(output), text)
    stderr.print(f"wrote {output} ({len(text.splitlines())} lines)", soft_wrap=True, markup=False)
