"""Options that several commands take."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UserError
from common.files import check_writable
from common.scheduler import check_address
from hw.cluster.config import CLUSTERS, MAX_CORES
from hw.config import CONFIGS, CoreConfig
from reference.blocks import BLOCK_SIZES
from synth.libraries import PDKS
from xdecimate._api.configuration import core_config
from xdecimate.commands.output import sparsity

#: Block sizes by the value of --sparsity.
SPARSITIES = {sparsity(m): m for m in (None, *BLOCK_SIZES)}


def writable(path: Path | None) -> Path | None:
    """Callback that rejects an output file which cannot be written, before the work begins."""
    if path is not None:
        check_writable(path)
    return path


def plots_writable(path: Path | None) -> Path | None:
    """Callback that does the same for FILE.png and FILE.svg."""
    if path is not None:
        if not path.name:
            raise UserError(f"--plot must name a file, not {path}")
        for suffix in (".png", ".svg"):
            check_writable(path.with_suffix(suffix))
    return path


def check_outputs(inputs: Mapping[str, Path | None], outputs: Mapping[str, Path | None]) -> None:
    """Raise ``UserError`` when an output would be written over an input or over another output.

    Both are paths by the words that a message has for them; a folder that is an input takes no output.
    """
    seen = {path.resolve(): what for what, path in inputs.items() if path is not None}
    for option, path in outputs.items():
        if path is None or (path.exists() and not path.is_file()):
            continue  # a device or pipe takes several
        target = path.resolve()
        if (other := seen.setdefault(target, option)) != option:
            raise UserError(f"{option} {path} would overwrite {other}; give each a file of its own")
        if folder := next((parent for parent in target.parents if parent in seen), None):
            raise UserError(f"{option} {path} would lie in {seen[folder]}; choose a place outside of it")


def scheduler_address(address: str | None) -> str | None:
    """Callback that rejects what is no address, before a simulator is built."""
    if address is not None:
        check_address(address)
    return address


JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write the figures to FILE.", callback=writable),
]
#: What names a core.
CORES_BY_NAME = f"{', '.join(CONFIGS)}, or one of them with +EXTENSION or -EXTENSION"
ConfigName = Annotated[
    str,
    typer.Option(
        "--config",
        metavar="NAME",
        help=f"Core: {CORES_BY_NAME}.",
    ),
]
Isa = Annotated[
    str | None,
    typer.Option(
        "--isa",
        "--config",
        metavar="NAME",
        help=f"Instructions of the cores: {CORES_BY_NAME}; xdecimate by default.",
    ),
]

LibertyFile = Annotated[
    Path | None, typer.Option("--liberty", metavar="FILE", help="Map to the cells of this Liberty library.")
]
PdkName = Annotated[
    str | None, typer.Option("--pdk", metavar="NAME", help=f"Map to the cells of a PDK: {', '.join(PDKS)}.")
]
Cores = Annotated[
    int | None,
    typer.Option(metavar="N", help=f"Use a cluster of N cores, 1 to {MAX_CORES}, otherwise like --cluster."),
]
ClusterName = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="NAME[,FIGURE=N...]",
        help=f"Use a cluster: {', '.join(CLUSTERS)}; figures can be changed, as in standard,banks=32.",
    ),
]

L1Size = Annotated[
    str | None,
    typer.Option(
        "--l1", metavar="SIZE", help="Use at most SIZE bytes of L1, such as 96k, stacks and runtime included."
    ),
]
L2Size = Annotated[
    str | None,
    typer.Option(
        "--l2", metavar="SIZE", help="Use at most SIZE bytes of L2 for activations and weights, such as 1M."
    ),
]

LayerGeometry = Annotated[
    str | None,
    typer.Option(
        "--geometry", metavar='paper|"C=32,..."', help="The paper's layers, or a layer of your own."
    ),
]
OperandSeed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the layers' random operands.")]
#: All of them, as --sparsity takes several.
ALL_SPARSITIES = ",".join(SPARSITIES)
Sparsities = Annotated[
    str, typer.Option("--sparsity", metavar="dense,1:4,...", help="Sparsities, separated by commas.")
]
Period = Annotated[float, typer.Option("--period", metavar="NS", help="Clock period in nanoseconds.")]
PlotFile = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Plot into FILE.png and FILE.svg.", callback=plots_writable),
]

SchedulerAddress = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="Run on the workers of this Dask scheduler, on many machines (docs/scaling.md).",
        callback=scheduler_address,
    ),
]

Sparsity = Annotated[
    str,
    typer.Option("--sparsity", metavar="|".join(SPARSITIES), help="Prune to 1:M; 1:8 keeps 1 of 8 weights."),
]


def block_size(sparsity: str) -> int | None:
    """M of a --sparsity of 1:M; None of ``dense``."""
    if sparsity not in SPARSITIES:
        raise UserError(f"--sparsity must be one of {', '.join(SPARSITIES)}, not {sparsity!r}")
    return SPARSITIES[sparsity]


def chosen_cluster(name: str | None, cores: int | None) -> str | int | None:
    """The cluster that --cluster and --cores ask for; None when neither does."""
    return cores if name is None else name if cores is None else f"{name},cores={cores}"


def check_time(option: str, value: float, unit: str) -> None:
    """Raise ``UserError`` unless the value of an option is a positive and finite time."""
    if not 0 < value < math.inf:
        raise UserError(f"{option} must be a number of {unit} above 0, not {value:g}")


def _address(text: str | int) -> int:
    """Parse the value of an option that is an address; its default is a number already."""
    try:
        return int(str(text), 0)
    except ValueError as error:
        raise UserError(f"an address must be a number such as 0x1c008000, not {text!r}") from error


MtvecReset = Annotated[
    int,
    typer.Option(
        "--mtvec-reset",
        metavar="ADDRESS",
        parser=_address,
        help="Value of mtvec after reset: the trap handler.",
    ),
]


Orders = Annotated[
    int,
    typer.Option(metavar="N", help="Map the Verilog's assignments in N orders, to measure synthesis noise."),
]


def core_pair(names: str) -> tuple[CoreConfig, CoreConfig]:
    """The two configurations of ``A,B``; ``UserError`` unless both exist."""
    parts = names.split(",")
    if len(parts) != 2:
        raise UserError(f"--configs must be two names separated by a comma, not {names!r}")
    return core_config(parts[0]), core_config(parts[1])
