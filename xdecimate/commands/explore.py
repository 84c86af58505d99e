"""``xdecimate explore``: speed-up against area and energy, for many designs."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import product
from typing import Annotated

import typer
from rich.table import Table

from common.errors import UserError
from common.scheduler import elsewhere
from hw.cluster.config import CLUSTERS, STANDARD, ClusterConfig
from hw.config import CoreConfig
from sw_kernels.registry import operator_named
from synth.energy import METHOD
from synth.libraries import chosen_library
from synth.mapping import Flow
from xdecimate._api.configuration import byte_size, cluster_config, core_config
from xdecimate._api.explore import Point, Progress
from xdecimate._api.explore import explore as explored
from xdecimate.commands.explore_plot import plot_points
from xdecimate.commands.layers import geometries
from xdecimate.commands.options import (
    ALL_SPARSITIES,
    JsonFile,
    LayerGeometry,
    LibertyFile,
    OperandSeed,
    PdkName,
    Period,
    PlotFile,
    SchedulerAddress,
    Sparsities,
    block_size,
    check_time,
)
from xdecimate.commands.output import progress, sparsity, stdout, write_json


def explore(
    operator: Annotated[str, typer.Argument(help="Operator of the layers: conv or linear.")] = "conv",
    geometry: LayerGeometry = None,
    configs: Annotated[
        str, typer.Option(metavar="A[,B...]", help="Cores; the first is what speed-ups are relative to.")
    ] = "baseline,xdecimate,xdecmac,xdecmac8",
    sparsities: Sparsities = ALL_SPARSITIES,
    clusters: Annotated[
        list[str] | None,
        typer.Option(
            "--cluster",
            metavar="NAME[,FIGURE=N...]",
            help=f"Clusters: {', '.join(CLUSTERS)}, with other figures as in standard,hashed_banks=1; "
            "give it once for each.",
        ),
    ] = None,
    cores: Annotated[
        str | None, typer.Option(metavar="N[,N...]", help="Clusters of each of these numbers of cores.")
    ] = None,
    banks: Annotated[
        str | None, typer.Option(metavar="N[,N...]", help="Clusters with each of these numbers of banks.")
    ] = None,
    bus: Annotated[
        str | None, typer.Option(metavar="N[,N...]", help="Clusters with each of these bytes of the bus.")
    ] = None,
    l1: Annotated[
        str | None, typer.Option(metavar="SIZE[,SIZE...]", help="Clusters with each of these sizes of L1.")
    ] = None,
    energy: Annotated[
        bool, typer.Option("--energy", help="Estimate energies of cores too; needs --pdk or --liberty.")
    ] = False,
    period: Period = 5.0,
    liberty: LibertyFile = None,
    pdk: PdkName = None,
    seed: OperandSeed = 1,
    plot: PlotFile = None,
    scheduler: SchedulerAddress = None,
    json: JsonFile = None,
) -> None:
    """Compare designs by speed-up, area and energy of layers, and mark those that no other beats.

    The designs are cores, or clusters if one of --cluster, --cores, --banks, --bus and --l1 is given: every
    combination of their values, with each kind of core. All that is measured is kept. An interrupted command
    continues where it was, and a further design costs only its own measurements. The exit status is 1 if an
    output differs from the golden model's.

    Example: xdecimate explore conv --plot designs
    Example: xdecimate explore conv --cores 1,2,4,8 --banks 16,32 --configs baseline,xdecimate
    Example: xdecimate explore linear --energy --pdk ihp-sg13g2 --json designs.json
    """
    chosen = operator_named(operator)
    layers = geometries(chosen, geometry)
    check_time("--period", period, "ns")
    kinds = [block_size(part) for part in sparsities.split(",")]
    sizes = {"cores": cores, "banks": banks, "bus_bytes": bus, "l1_bytes": l1}
    designs = designs_of([core_config(name) for name in configs.split(",")], clusters, sizes)
    if energy and isinstance(designs[0], ClusterConfig):
        raise UserError("--energy is of cores; leave it out, or leave out what makes clusters")
    flow = Flow(chosen_library(liberty, pdk))
    with elsewhere(scheduler) as workers, progress() as bar:
        tasks = [bar.add_task(name, total=None) for name in ("mapping", "simulating", "gates")]

        def hears(task: int):
            return lambda finished, of: bar.update(tasks[task], completed=finished, total=of)

        points = explored(
            chosen,
            layers,
            designs,
            kinds,
            flow,
            period=period if energy else None,
            seed=seed,
            workers=workers,
            progress=Progress(mapping=hears(0), simulating=hears(1), gates=hears(2)),
        )
    for layer in layers:
        _print([point for point in points if point.geometry == str(layer)])
    stdout.print(
        "Areas are without memories. * marks what no other design beats at its sparsity: none is both as "
        "fast and as small, or for energy as frugal, and better in one of the two.",
        soft_wrap=True,
    )
    if energy:
        stdout.print(
            f"Energy is that of an average cycle of the kernel in {operator} {chosen.small}, times the "
            f"layer's cycles; {METHOD}",
            soft_wrap=True,
        )
    stdout.print(f"target: {flow.library.source}")
    about = {"target": flow.library.source, "corner": flow.library.corner, "seed": seed}
    write_json(json, about | {"points": [asdict(point) for point in points]})
    if plot:
        plot_points(plot, points)
    if not all(point.matches_golden for point in points):
        stdout.print("an output differs from the golden model", style="bold red")
        raise typer.Exit(1)


def designs_of(
    cores: Sequence[CoreConfig], clusters: Sequence[str] | None, sizes: dict[str, str | None]
) -> Sequence[CoreConfig | ClusterConfig]:
    """The cores, or clusters of them in all combinations of sizes."""
    given = {name: text.split(",") for name, text in sizes.items() if text is not None}
    if not clusters and not given:
        return cores
    found = []
    for name, *values in product(clusters or [STANDARD.name], *given.values()):
        pairs = dict(zip(given, values, strict=True))
        if "l1_bytes" in pairs:
            pairs["l1_bytes"] = str(byte_size("--l1", pairs["l1_bytes"]))
        figures = "".join(f",{figure}={value}" for figure, value in pairs.items())
        found.append(cluster_config(f"{name}{figures}"))
    return [replace(each, core=core) for each in found for core in cores]


def _print(points: Sequence[Point]) -> None:
    with_energy = any(point.nj is not None for point in points)
    table = Table(title=f"{points[0].operator} {points[0].geometry}")
    columns = ("N:M", "cycles", "MACs/cycle", "speed-up", "kGE", *(["nJ"] if with_energy else []))
    table.add_column("design")
    table.add_column("kernel")
    for name in columns:
        table.add_column(name, justify="right")
    for m in dict.fromkeys(point.m for point in points):
        for point in points:
            if point.m == m:
                stars = {cost: "*" * (cost in point.best) for cost in ("ge", "nj")}
                table.add_row(
                    point.design,
                    point.kernel,
                    sparsity(point.m),
                    f"{point.cycles:,}",
                    f"{point.macs / point.cycles:.2f}",
                    f"{point.speedup:.2f}",
                    f"{point.ge / 1000:.1f}{stars['ge']}",
                    *([f"{point.nj:,.1f}{stars['nj']}"] if point.nj is not None else []),
                    style=None if point.matches_golden else "bold red",
                )
        table.add_section()
    stdout.print(table)
