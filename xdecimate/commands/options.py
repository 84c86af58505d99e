"""Options that several commands take."""

import math
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UserError
from common.files import check_writable
from hw.cluster.config import CLUSTERS, MAX_CORES
from hw.config import CONFIGS, CoreConfig
from synth.libraries import PDKS
from xdecimate._api.configuration import core_config


def writable(path: Path | None) -> Path | None:
    """Callback of an option that names an output: refused before the work begins if it cannot be written."""
    if path is not None:
        check_writable(path)
    return path


def plots_writable(path: Path | None) -> Path | None:
    """The same for FILE.png and FILE.svg."""
    if path is not None:
        if not path.name:
            raise UserError(f"--plot must name a file, not {path}")
        for suffix in (".png", ".svg"):
            check_writable(path.with_suffix(suffix))
    return path


JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write the figures to FILE.", callback=writable),
]
ConfigName = Annotated[
    str,
    typer.Option("--config", metavar="NAME", help=f"{', '.join(CONFIGS)}, or one of them +EXTENSION."),
]

LibertyFile = Annotated[Path | None, typer.Option("--liberty", metavar="FILE", help="Map to this library.")]
PdkName = Annotated[
    str | None, typer.Option("--pdk", metavar="NAME", help=f"Map to the cells of {', '.join(PDKS)}.")
]
Cores = Annotated[
    int | None,
    typer.Option(metavar="N", help=f"A cluster of N cores, 1 to {MAX_CORES}; all else of --cluster."),
]
ClusterName = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="NAME[,FIGURE=N...]",
        help=f"A cluster: {', '.join(CLUSTERS)}, or one with other figures: standard,banks=32.",
    ),
]

SchedulerAddress = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="Run on the workers of this Dask scheduler, on many machines (docs/scaling.md).",
    ),
]


def chosen_cluster(name: str | None, cores: int | None) -> str | int | None:
    """The cluster that --cluster and --cores ask for; None when neither does."""
    return cores if name is None else name if cores is None else f"{name},cores={cores}"


def check_time(option: str, value: float, unit: str) -> None:
    """Raise ``UserError`` unless an option's value is a time, and an end to it."""
    if not 0 < value < math.inf:
        raise UserError(f"{option} must be a number of {unit} above 0, not {value:g}")


def _address(text: str | int) -> int:
    """Parser of an option that is an address; the default is one already."""
    try:
        return int(str(text), 0)
    except ValueError as error:
        raise UserError(f"an address must be a number such as 0x1c008000, not {text!r}") from error


MtvecReset = Annotated[
    int,
    typer.Option(
        "--mtvec-reset", metavar="ADDRESS", parser=_address, help="Where a trap goes before mtvec is written."
    ),
]


Orders = Annotated[
    int,
    typer.Option(metavar="N", help="Map the Verilog's assignments in N orders: measures synthesis noise."),
]


def core_pair(names: str) -> tuple[CoreConfig, CoreConfig]:
    """The configurations ``A,B``; ``UserError`` when they are not two that exist."""
    parts = names.split(",")
    if len(parts) != 2:
        raise UserError(f"--configs must be two names with a comma between them, not {names!r}")
    return core_config(parts[0]), core_config(parts[1])
