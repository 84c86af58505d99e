"""``xdecimate energy``: activity and energy of a layer on the mapped core."""

from typing import Annotated

import typer
from rich.table import Table

from bench.measure import l1_size
from sw_kernels.program import build_program
from sw_kernels.registry import operator_named
from synth.energy import METHOD
from synth.libraries import chosen_library
from synth.mapping import Flow
from xdecimate._api.configuration import core_config
from xdecimate._api.energy import LayerEnergies
from xdecimate.commands.layers import kernels
from xdecimate.commands.options import ConfigName, JsonFile, LibertyFile, PdkName, Period, check_time
from xdecimate.commands.output import progress, sparsity, stdout, write_json

#: Seed of the layer's weights and activations.
_SEED = 1


def energy(
    operator: Annotated[str, typer.Argument(help="Operator of the layer: conv or linear.")] = "conv",
    geometry: Annotated[
        str | None,
        typer.Option(metavar='"C=32,..."', help="Geometry of the layer; a small one if not given."),
    ] = None,
    m: Annotated[
        int | None, typer.Option("--m", metavar="4|8|16", help="Measure only this sparsity, 1:M.")
    ] = None,
    kernel: Annotated[
        str | None, typer.Option(help="Measure only this kernel, such as sparse_xdecimate.")
    ] = None,
    config: ConfigName = "xdecimate",
    liberty: LibertyFile = None,
    pdk: PdkName = None,
    period: Period = 5.0,
    json: JsonFile = None,
) -> None:
    """Simulate a layer on the gates of the mapped core, and estimate the energy of the core.

    Example: xdecimate energy conv --pdk ihp-sg13g2 --json energy.json
    """
    chosen = operator_named(operator)
    check_time("--period", period, "ns")
    core = core_config(config)
    shape = chosen.geometry.parse(geometry) if geometry else chosen.small
    layers = [found.random_layer(shape, _SEED) for found in kernels([chosen], kernel, m, core)]
    for layer in layers:  # a program that cannot be built is reported before the core is mapped
        build_program(layer, core, l1_size(layer))
    flow = Flow(chosen_library(liberty, pdk))
    with progress() as bar:
        task = bar.add_task("synthesis, and a simulator of its netlist", total=None)
        gates = LayerEnergies(
            core, flow, period, lambda finished, of: bar.update(task, completed=finished, total=of)
        )
    with progress() as bar:
        rows = list(bar.track(gates.rows(layers), total=len(layers), description="simulating gates"))
    figures = {**gates.mapped.about(), "config": core.name, "seed": _SEED, "rows": rows}
    table = Table(title=f"{rows[0]['operator']} {rows[0]['geometry']} on the mapped core, estimate")
    kinds = list(rows[0]["pj_per_cycle_by_kind"])
    for name in (
        "kernel",
        "N:M",
        "cycles",
        "nJ/layer",
        "of the first",
        "pJ/cycle",
        *kinds,
        "matches golden",
    ):
        table.add_column(name, justify="left" if name == "kernel" else "right")
    for row in rows:
        table.add_row(
            row["kernel"],
            sparsity(row["m"]),
            f"{row['cycles']:,}",
            f"{row['nj_per_layer']:.1f}",
            f"{row['nj_per_layer'] / rows[0]['nj_per_layer']:.2f}",
            f"{row['pj_per_cycle']:.2f}",
            *(f"{row['pj_per_cycle_by_kind'][kind]:.2f}" for kind in kinds),
            "yes" if row["matches_golden"] else "[bold red]NO[/]",
        )
    stdout.print(table)
    stdout.print(METHOD)
    stdout.print(f"target: {figures['target']}, {figures['corner']}; {period:g} ns; tool: {figures['tool']}")
    write_json(json, figures)
    if not all(row["matches_golden"] for row in rows):
        stdout.print("an output differs from the golden model", style="bold red")
        raise typer.Exit(1)
