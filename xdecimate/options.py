"""Options that several commands take."""

import math
from pathlib import Path
from typing import Annotated

import typer

from hw.config import CONFIGS, MAX_CORES, ClusterConfig, CoreConfig, config_named
from hw.errors import UserError
from synth.targets import PDKS

JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to FILE.")]
ConfigName = Annotated[
    str, typer.Option("--config", metavar="NAME", help=f"Configuration: {', '.join(CONFIGS)}.")
]

LibertyFile = Annotated[Path | None, typer.Option("--liberty", metavar="FILE", help="Map to this library.")]
PdkName = Annotated[
    str | None, typer.Option("--pdk", metavar="NAME", help=f"Map to the cells of {', '.join(PDKS)}.")
]
Cores = Annotated[
    int | None,
    typer.Option(
        metavar="N", help=f"Cores of the cluster, 1 to {MAX_CORES} (default {ClusterConfig.cores})."
    ),
]


def check_time(option: str, value: float, unit: str) -> None:
    """Raise ``UserError`` unless an option's value is a time, and an end to it."""
    if not 0 < value < math.inf:
        raise UserError(f"{option} must be a number of {unit} above 0, not {value:g}")


def core_config(name: str) -> CoreConfig:
    """The configuration of this name; ``UserError`` when there is none."""
    try:
        return config_named(name)
    except ValueError as error:
        raise UserError(str(error)) from error


def cluster_config(
    cores: int | None, core: str = "xdecimate", banks: int = ClusterConfig.banks
) -> ClusterConfig:
    """A cluster of so many cores of this configuration; ``UserError`` when there cannot be one."""
    chosen = core_config(core)
    try:
        return ClusterConfig(cores=ClusterConfig.cores if cores is None else cores, core=chosen, banks=banks)
    except ValueError as error:
        raise UserError(str(error)) from error


Orders = Annotated[
    int,
    typer.Option(metavar="N", help="The Verilog's assignments in N orders: how far the mapper's luck goes."),
]


def check_orders(orders: int, flat: bool) -> None:
    """Raises ``UserError`` unless there is at least one, and one only where the hierarchy is kept."""
    if orders < 1:
        raise UserError(f"--orders must be 1 or more, not {orders}")
    if orders > 1 and not flat:
        raise UserError("--orders is for cores without hierarchy: kept, what both have is the same gates")


def core_pair(names: str) -> tuple[CoreConfig, CoreConfig]:
    """The configurations ``A,B``; ``UserError`` when they are not two that exist."""
    parts = names.split(",")
    if len(parts) != 2:
        raise UserError(f"--configs must be two names with a comma between them, not {names!r}")
    return core_config(parts[0]), core_config(parts[1])
