"""``xdecimate bench networks``: known networks on the RTL, beside the paper's figures."""

import os
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from bench.networks import ISAS, PAPER_ISAS, NetworkRow, measured, variants
from bench.paper_networks import PUBLISHED, published
from compiler.models.registry import architecture_named
from hw.cluster.config import STANDARD
from xdecimate._api.configuration import cluster_config
from xdecimate.commands.network_plots import plot_networks
from xdecimate.commands.options import ALL_SPARSITIES, ClusterName, JsonFile, PlotFile, Sparsities, block_size
from xdecimate.commands.output import sparsity, stdout, write_json
from xdecimate.commands.simulating import simulating


def bench_networks(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Networks as for the command model; the paper's by default."),
    ] = None,
    sparsities: Sparsities = ALL_SPARSITIES,
    isa: Annotated[
        str,
        typer.Option(
            metavar="NAME[,NAME]",
            help=f"Cores: {', '.join(ISAS)}. baseline computes sparse layers in software.",
        ),
    ] = ",".join(PAPER_ISAS),
    composed: Annotated[
        bool, typer.Option("--composed", help="Run each distinct layer once, for all that are like it.")
    ] = False,
    cluster: ClusterName = None,
    jobs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Number of simulations that run at once.")
    ] = os.cpu_count() or 1,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the weights and of the input.")] = 1,
    plot: PlotFile = None,
    json: JsonFile = None,
) -> None:
    """Run known networks on the RTL of a cluster, compare every byte of every layer, and compare cycles.

    A large network takes many minutes. An interrupted command continues where it was, and the file of --json
    holds each row as soon as it is measured. Dense networks do not use the instruction, so they run on the
    first kind of cores alone. The exit status is 1 if an output differs from the golden model's.

    Example: xdecimate bench networks vit_small --composed
    Example: xdecimate bench networks resnet18 --sparsity 1:16 --isa xdecimate --json resnet18.json
    """
    networks = names or list(dict.fromkeys(row.network for row in PUBLISHED))
    for name in networks:
        architecture_named(name)
    sizes = [block_size(text) for text in sparsities.split(",")]
    config = cluster_config(STANDARD.name if cluster is None else cluster)
    rows: list[NetworkRow] = []
    for variant in variants(networks, sizes, isa.split(","), seed):
        name = f"{variant.network} {sparsity(variant.m)} on {variant.isa} cores"
        with simulating(name, jobs) as ended:
            rows.append(measured(variant, config, composed=composed, processes=jobs, progress=ended))
        write_json(json, {"rows": [asdict(row) for row in rows]})
    for name in networks:
        _print(name, [row for row in rows if row.network == name])
    stdout.print(
        "MACs are dense-equivalent; cycles include every transfer between L1 and L2 or L3; MB are weights "
        "and indices. The paper's figures are in brackets.",
        soft_wrap=True,
    )
    if plot:
        plot_networks(plot, rows)
    if not all(row.matches_golden for row in rows):
        stdout.print("an output differs from the golden model", style="bold red")
        raise typer.Exit(1)


def _print(name: str, rows: list[NetworkRow]) -> None:
    table = Table(title=f"{name} on cluster {rows[0].config['name']}")
    for column in ("N:M", "cores"):
        table.add_column(column)
    for column in ("Mcycles", "predicted", "MACs/cycle", "MB"):
        table.add_column(column, justify="right")
    table.add_column("golden")
    for row in rows:
        paper = published(row.network, row.m, row.isa)
        table.add_row(
            sparsity(row.m),
            row.isa + (", composed" if row.composed else ""),
            f"{row.cycles / 1e6:.2f}" + (f" ({paper.mcycles:.2f})" if paper else ""),
            f"{row.predicted_cycles / 1e6:.2f}",
            f"{row.macs_per_cycle:.2f}" + (f" ({paper.macs_per_cycle:.2f})" if paper else ""),
            f"{row.weight_bytes / 1e6:.2f}" + (f" ({paper.megabytes:.2f})" if paper else ""),
            "yes" if row.matches_golden else "[bold red]NO[/]",
        )
    stdout.print(table)
