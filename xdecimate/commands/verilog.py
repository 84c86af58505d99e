"""``xdecimate verilog``: the RTL as one Verilog file, and files that other tools want beside it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UserError
from common.files import write_atomically
from hw.fusesoc import core_description
from hw.waivers import waivers as verilator_waivers
from xdecimate._api.verilog import Top, named_verilog
from xdecimate.commands.options import (
    ClusterName,
    ConfigName,
    Cores,
    MtvecReset,
    check_outputs,
    chosen_cluster,
    writable,
)
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
    protocol: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Interface of the unit: cv-x-if (1.0.0), or its own by default."),
    ] = None,
    waivers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.vlt",
            help="Write waivers for Verilator, whose lint is clean with them.",
            callback=writable,
        ),
    ] = None,
    fusesoc: Annotated[
        Path | None,
        typer.Option(metavar="FILE.core", help="Write a core description for FuseSoC.", callback=writable),
    ] = None,
) -> None:
    """Generate Verilog; a configuration gives the same bytes every time.

    The names of all modules begin with that of the top, so that several designs can stand in one.

    Example: xdecimate verilog core --config baseline --name host -o host.v
    Example: xdecimate verilog core -o core.v --waivers core.vlt --fusesoc core.core
    Example: xdecimate verilog unit --protocol cv-x-if -o coprocessor.v
    Example: xdecimate verilog cluster --cores 8 -o cluster.v
    Example: xdecimate verilog cluster --cluster wide -o wide.v
    """
    beside = {"--waivers": waivers, "--fusesoc": fusesoc}
    if output == STDOUT and (option := next((option for option, path in beside.items() if path), None)):
        raise UserError(f"{option} describes a file of Verilog; name that file with --output")
    file = writable(Path(output)) if output != STDOUT else None
    check_outputs({}, {"--output": file, **beside})
    chosen = {
        "cluster": chosen_cluster(cluster, cores),
        "mtvec_reset": mtvec_reset,
        "rvfi": rvfi,
        "name": name,
        "protocol": protocol,
    }
    module, text = named_verilog(config, top=target, **chosen)
    if file is None:
        sys.stdout.write(text)
        return
    texts = {file: text}
    if waivers:
        texts[waivers] = verilator_waivers(file.name)
    if fusesoc:
        described = _below(fusesoc, file), waivers and _below(fusesoc, waivers)
        texts[fusesoc] = core_description(module, *described)
    for path, content in texts.items():
        write_atomically(path, content)
    stderr.print(f"wrote {output} ({len(text.splitlines())} lines)", soft_wrap=True, markup=False)


def _below(description: Path, file: Path) -> str:
    """Path of a file from the folder of the description, where FuseSoC looks; ``UserError`` outside."""
    path, folder = file.resolve(), description.resolve().parent
    if not path.is_relative_to(folder):
        raise UserError(
            f"FuseSoC looks for {file} below the folder of the description; "
            f"write {description} into the folder of {file}"
        )
    return path.relative_to(folder).as_posix()
