"""``xdecimate fpga``: resources and frequency on an FPGA."""

from typing import Annotated

import typer
from rich.table import Table

from common.errors import UserError
from hw.generate import core_verilog, unit_verilog
from hw.units.decimate.record import DECIMATE
from synth.canonical_modules import design
from synth.fpga import DEVICES, device_named, measure
from xdecimate.commands.options import JsonFile, core_pair
from xdecimate.commands.output import progress, stdout, write_json


def fpga(
    device: Annotated[str, typer.Option(metavar="NAME", help=f"FPGA: {', '.join(DEVICES)}.")] = "ecp5",
    configs: Annotated[
        str, typer.Option(metavar="A,B", help="The core without and the core with the extension.")
    ] = "baseline,xdecimate",
    unit: Annotated[
        bool,
        typer.Option("--unit", help="Measure the XDecimate unit alone, with its own adder and register."),
    ] = False,
    seeds: Annotated[int, typer.Option(metavar="N", help="Place and route with seeds 1 to N.")] = 3,
    json: JsonFile = None,
) -> None:
    """Measure LUTs, flip-flops, block RAMs, DSPs and frequency of the core with and without XDecimate.

    Example: xdecimate fpga --device ice40 --unit
    """
    target = device_named(device)
    if seeds < 1:
        raise UserError(f"--seeds must be 1 or more, not {seeds}")
    cores = core_pair(configs)
    designs = (
        {DECIMATE.module: design(unit_verilog(DECIMATE), DECIMATE.module)}
        if unit
        else {core.name: design(core_verilog(core), "core") for core in cores}
    )
    with progress() as bar:
        task = bar.add_task(target.part, total=None)
        figures = measure(
            designs,
            target,
            seeds,
            done=lambda finished, of: bar.update(task, completed=finished, total=of),
        )
    table = Table(title=figures["device"])
    for name in ("configuration", "LUTs", "flip-flops", "block RAMs", "DSPs", "MHz by seed", "median MHz"):
        table.add_column(name, justify="left" if name == "configuration" else "right")
    for row in figures["rows"]:
        counts = [f"{row[key]:,}" for key in ("luts", "flip_flops", "block_rams", "dsps")]
        frequencies = " ".join(f"{frequency:.1f}" for frequency in row["f_max_mhz"])
        table.add_row(row["config"], *counts, frequencies, f"{row['f_max_median_mhz']:.1f}")
    stdout.print(table)
    if overhead := figures.get("overhead"):
        stdout.print(
            f"overhead: {overhead['luts']} LUTs ({overhead['luts_percent']:.2f} %), "
            f"{overhead['flip_flops']} flip-flops; ratio of median frequencies {overhead['f_max_ratio']:.3f}"
        )
    stdout.print(f"tools: {'; '.join(figures['tools'])}")
    stdout.print(f"commands: {figures['synthesis']}; {figures['command']}")
    stdout.print(f"harness: {figures['harness']}")
    write_json(json, figures)
