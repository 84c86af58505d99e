"""``xdecimate bench --cores``: kernels on the cluster."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from bench.cluster import CAUSES
from bench.cluster_rows import ClusterRow, bench_on_clusters
from bench.simulation import Speed
from common.errors import UserError
from common.scheduler import elsewhere
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import CoreConfig
from sim.rtl.cluster import cluster_model
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel
from xdecimate._api.configuration import cluster_config
from xdecimate.commands.averages import averages
from xdecimate.commands.output import building, progress, sparsity, stdout, write_json
from xdecimate.commands.plots import plot_bench


def clusters(name: str | None, cores: str | None, core: CoreConfig) -> list[ClusterConfig]:
    """The cluster of this name, or one for each number of cores in ``8`` or ``1,2,4,8``, with such cores.

    Raises ``UserError`` for a name or a number of cores that no cluster has.
    """
    name = name or STANDARD.name
    if cores is None:
        return [cluster_config(name, core)]
    try:
        counts = [int(part) for part in cores.split(",")]
    except ValueError as error:
        raise UserError(
            f"--cores must be numbers separated by commas, such as 8 or 1,2,4,8, not {cores!r}"
        ) from error
    return [cluster_config(f"{name},cores={count}", core) for count in counts]


def bench_cluster(
    measured: Sequence[ClusterConfig],
    layers: Sequence[Geometry],
    kernels: Sequence[Kernel],
    seed: int,
    *,
    scheduler: str | None,
    published: bool,
    json: Path | None,
    plot: Path | None,
) -> bool:
    """Measure, print, write and plot; return whether every output equals the golden model's."""
    for cluster in measured:
        with building(f"building the simulator of {cluster.name} (cached afterwards)"):
            cluster_model(cluster)
    with elsewhere(scheduler) as workers, progress() as bar:
        task = bar.add_task("simulating")
        rows, speed = bench_on_clusters(
            measured,
            layers,
            kernels,
            seed,
            lambda done, total: bar.update(task, completed=done, total=total),
            workers,
        )
    for cluster in measured:
        own = [row for row in rows if row.config == cluster.as_dict()]
        for geometry in layers:
            _print_rows([row for row in own if row.geometry == str(geometry)])
    if published:
        title = f"Average speed-up over C on {measured[-1].cores} cores, beside the paper's"
        stdout.print(averages(title, own, kernels))
    stdout.print(
        "MACs are dense-equivalent; cycles include every transfer between L1 and L2 or L3. The shares divide "
        "the cores' cycles: an instruction retires (issue), L1 has a bank conflict (L1), an operand is not "
        "loaded yet (use), the core sleeps (DMA, barrier), or a branch or a long instruction takes time "
        "(other). port is the share of the limit of one L1 access per cycle and core.",
        soft_wrap=True,
    )
    _print_speed(speed)
    write_json(json, {"rows": [asdict(row) for row in rows]})
    if plot:
        plot_bench(plot, rows)
    return all(row.matches_golden for row in rows)


#: Columns of a breakdown, each with the causes that it adds up.
SHARES = {
    "issue": ("instructions",),
    "use": ("load_use",),
    "L1": ("conflicts",),
    "fetch": ("fetch",),
    "barrier": ("barrier", "event"),
    "DMA": ("dma",),
    "memory": ("memory",),
    "other": ("other",),
}
assert sorted(cause for causes in SHARES.values() for cause in causes) == sorted(CAUSES)


def _print_rows(rows: Sequence[ClusterRow]) -> None:
    first = rows[0]
    cores = "one core" if first.cores == 1 else f"{first.cores} cores"
    table = Table(title=f"{first.operator} {first.geometry}, {cores}, operands in {first.memory.upper()}")
    table.add_column("kernel")
    for name in ("N:M", "cycles", "MACs/cycle", "vs 4x2", "vs 1x2", "effic.", "port", *SHARES):
        table.add_column(name, justify="right")
    table.add_column("golden")
    for row in rows:
        table.add_row(
            row.kernel,
            sparsity(row.m),
            f"{row.cycles:,}",
            f"{row.dense_macs_per_cycle:.2f}",
            f"{row.speedup_vs_dense_4x2:.2f}",
            f"{row.speedup_vs_dense_1x2:.2f}",
            f"{row.efficiency:.0%}",
            "" if row.port_use is None else f"{row.port_use:.0%}",
            *(f"{sum(row.breakdown[cause] for cause in causes):.1%}" for causes in SHARES.values()),
            "yes" if row.matches_golden else "[bold red]NO[/]",
        )
    stdout.print(table)


def _print_speed(speed: Speed) -> None:
    if speed.seconds:
        stdout.print(f"simulation: {speed.cycles / speed.seconds:,.0f} cycles/s, start-up included")
    else:
        stdout.print("cached: the same programs ran on the same RTL before")
