"""``xdecimate bench``: kernels on the RTL, cycles and speed-ups."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bench.inner_loops import InnerLoop, inner_loops
from bench.measure import simulation_speed
from bench.rows import Row
from bench.rows import bench as measure_rows
from bench.simulation import Speed
from common.errors import UserError
from common.scheduler import elsewhere
from hw.config import XDECIMATE
from sim.rtl.model import core_model
from sw_kernels.registry import operator_named, operators
from xdecimate._api.configuration import core_config
from xdecimate.commands.averages import averages
from xdecimate.commands.bench_cluster import bench_cluster, clusters
from xdecimate.commands.layers import geometries, kernels
from xdecimate.commands.options import (
    ClusterName,
    ConfigName,
    JsonFile,
    LayerGeometry,
    OperandSeed,
    PlotFile,
    SchedulerAddress,
)
from xdecimate.commands.output import building, progress, sparsity, stdout, write_json


def bench(
    operator: Annotated[
        str | None,
        typer.Argument(
            help="Measure this operator, such as conv, linear or matmul; leave it out with --simulator."
        ),
    ] = None,
    geometry: LayerGeometry = None,
    m: Annotated[
        int | None, typer.Option("--m", metavar="4|8|16", help="Measure only this sparsity, 1:M.")
    ] = None,
    kernel: Annotated[
        str | None, typer.Option(help="Measure only this kernel, such as sparse_xdecimate.")
    ] = None,
    inner: Annotated[
        bool, typer.Option("--inner-loops", help="Measure cycles per iteration of the inner loops.")
    ] = False,
    simulator: Annotated[
        bool, typer.Option("--simulator", help="Measure the simulator: cycles of the core per second.")
    ] = False,
    seed: OperandSeed = 1,
    cores: Annotated[
        str | None,
        typer.Option(metavar="N[,N...]", help="Measure on clusters of N cores, transfers included."),
    ] = None,
    cluster: ClusterName = None,
    config: ConfigName = XDECIMATE.name,
    plot: PlotFile = None,
    scheduler: SchedulerAddress = None,
    json: JsonFile = None,
) -> None:
    """Run kernels on a generated core or on clusters, check every byte against NumPy, and compare cycles.

    The exit status is 1 if an output differs from NumPy's. Speed-ups are relative to the dense kernels on
    the same core or cluster.

    Example: xdecimate bench conv --geometry "C=32,K=32,IX=8,IY=8,FX=3,FY=3,S=1,P=1" --m 8
    Example: xdecimate bench linear --cores 1,2,4,8 --plot scaling
    Example: xdecimate bench conv --config xdecmac --m 16
    Example: xdecimate bench conv --cores 8 --config xdecmac
    Example: xdecimate bench --simulator
    """
    if scheduler is not None and (simulator or inner):
        raise UserError(
            f"{'--simulator' if simulator else '--inner-loops'} measures on this machine alone; leave out "
            "--scheduler"
        )
    if simulator:
        if (
            operator
            or geometry
            or m
            or kernel
            or inner
            or cores
            or cluster
            or plot
            or config != XDECIMATE.name
        ):
            raise UserError(
                "--simulator measures no kernel; leave out the operator, --geometry, --m, --kernel, "
                "--inner-loops, --cores, --cluster, --config and --plot"
            )
        _bench_simulator(json)
        return
    if operator is None and not inner:
        known = ", ".join(map(str, operators()))
        raise UserError(f"an operator is missing; name one of {known}, or give --inner-loops")
    chosen = operators() if operator is None else (operator_named(operator),)
    on_cluster = cores is not None or cluster is not None
    core = core_config(config)
    chosen_kernels = kernels(chosen, kernel, m, core)
    if plot is not None and not on_cluster:
        raise UserError("--plot shows clusters; add --cores or --cluster, or leave out --plot")
    if inner and on_cluster:
        raise UserError("--inner-loops measures one core; leave out --cores and --cluster")
    if inner and geometry:
        raise UserError("--inner-loops has its own layers; leave out --geometry")
    layers = geometries(chosen[0], geometry)
    if on_cluster:
        good = bench_cluster(
            clusters(cluster, cores, core),
            layers,
            chosen_kernels,
            seed,
            scheduler=scheduler,
            published=geometry == "paper",
            json=json,
            plot=plot,
        )
        _exit_unless(good)
        return
    with building("building the simulator of the core (cached afterwards)"):
        core_model(core)
    if inner:
        with building("measuring inner loops"):
            loops = inner_loops(core, chosen_kernels, seed)
        _print_loops(loops)
        write_json(json, {"rows": [asdict(loop) for loop in loops]})
        good = all(loop.matches_golden for loop in loops)
    else:
        with elsewhere(scheduler) as workers, progress() as bar:
            task = bar.add_task("simulating")
            rows, speed = measure_rows(
                core,
                layers,
                chosen_kernels,
                seed,
                lambda done, total: bar.update(task, completed=done, total=total),
                workers,
            )
        _print_rows(rows, speed)
        if geometry == "paper":
            title = "Average speed-up over C, beside the paper's (8 cores there, FC with weight transfer)"
            stdout.print(averages(title, rows, chosen_kernels))
        write_json(json, {"rows": [asdict(row) for row in rows]})
        good = all(row.matches_golden for row in rows)
    _exit_unless(good)


def _exit_unless(good: bool) -> None:
    if not good:
        stdout.print("an output differs from the golden model", style="bold red")
        raise typer.Exit(1)


def _print_rows(rows: Sequence[Row], speed: Speed) -> None:
    for geometry in dict.fromkeys(row.geometry for row in rows):
        table = Table(title=f"{rows[0].operator} {geometry}, one core")
        table.add_column("kernel")
        for name in ("N:M", "cycles", "instructions", "MACs/cycle", "vs dense 4x2", "vs dense 1x2"):
            table.add_column(name, justify="right")
        table.add_column("matches golden")
        for row in rows:
            if row.geometry == geometry:
                table.add_row(
                    row.kernel,
                    sparsity(row.m),
                    f"{row.cycles:,}",
                    f"{row.instructions:,}",
                    f"{row.dense_macs_per_cycle:.2f}",
                    f"{row.speedup_vs_dense_4x2:.2f}",
                    f"{row.speedup_vs_dense_1x2:.2f}",
                    "yes" if row.matches_golden else "[bold red]NO[/]",
                )
        stdout.print(table)
    stdout.print("MACs are dense-equivalent (executed ones times M); 1:8 is 1 of 8 kept, 87.5 % zeros")
    if rows[0].operator == "linear":
        stdout.print("FC has one dense kernel (2 channels); both speed-ups are relative to it")
    if not speed.seconds:
        stdout.print("cached: the same programs ran on the same RTL before")


def _bench_simulator(json: Path | None) -> None:
    with building("measuring the simulator"):
        speed = simulation_speed(XDECIMATE)
    stdout.print(
        f"simulation: {speed.cocotb:,.0f} cycles/s under cocotb, {speed.ratio:.0%} of the same model "
        f"in a bare C++ loop ({speed.bare:,.0f} cycles/s)",
        soft_wrap=True,
    )
    write_json(json, asdict(speed))


def _print_loops(loops: Sequence[InnerLoop]) -> None:
    table = Table(title="Inner loops: marginal cycles per iteration on the RTL, zero wait states")
    table.add_column("operator")
    table.add_column("kernel")
    for name in ("N:M", "cycles", "executed MACs", "dense-equivalent MACs/cycle"):
        table.add_column(name, justify="right")
    table.add_column("matches golden")
    for loop in loops:
        table.add_row(
            loop.operator,
            loop.kernel,
            sparsity(loop.m),
            f"{loop.cycles_per_iteration:.3f}",
            str(loop.macs_per_iteration),
            f"{loop.macs_per_iteration * (loop.m or 1) / loop.cycles_per_iteration:.2f}",
            "yes" if loop.matches_golden else "[bold red]NO[/]",
        )
    stdout.print(table)
