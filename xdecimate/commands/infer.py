"""``xdecimate infer``: a network on the RTL, layer after layer."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

import xdecimate as xd
from common.errors import UserError
from xdecimate.commands.layers import layer_row
from xdecimate.commands.options import ClusterName, ConfigName, Cores, JsonFile, chosen_cluster
from xdecimate.commands.output import building, stdout, write_json


def infer(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A quantized network, TFLite or ONNX.")],
    inputs: Annotated[
        Path | None,
        typer.Option(
            "--input", metavar="FILE.npy", help="Read the input from an int8 array; it is random by default."
        ),
    ] = None,
    config: ConfigName = "xdecimate",
    cores: Cores = None,
    cluster: ClusterName = None,
    seed: Annotated[int, typer.Option(help="Seed of the random input.")] = 1,
    json: JsonFile = None,
) -> None:
    """Run a network on the RTL of a cluster and compare every byte of every layer with the golden models.

    The exit status is 1 if a byte differs: the message names the first such layer and its first index.

    Example: xdecimate infer autoencoder.tflite --input x.npy --json layers.json
    """
    with building("compiling"):
        compiled = xd.compile(model, config=config, cluster=chosen_cluster(cluster, cores))
    values = _input(inputs, compiled.input_shape, seed)
    with building("simulating"):
        result = compiled.infer(values)
    table = Table(title=f"{compiled.network.graph.name} on cluster {compiled.network.cluster.name}")
    table.add_column("layer")
    table.add_column("kernel")
    for name in ("cycles", "predicted", "MACs/cycle"):
        table.add_column(name, justify="right")
    table.add_column("matches golden")
    rows = []
    for layer in result.layers:
        macs = layer.step.layer.geometry.macs
        rows.append(
            {
                **layer_row(layer.step),
                "cycles": layer.cycles,
                "counters": layer.counters,
                "matches_golden": layer.differs_at is None,
            }
        )
        table.add_row(
            layer.step.node.name,
            str(layer.step.layer.kernel),
            f"{layer.cycles:,}",
            f"{layer.step.plan.cycles:,.0f}",
            f"{macs / layer.cycles:.2f}" if macs else "",
            "yes" if layer.differs_at is None else "[bold red]NO[/]",
        )
    stdout.print(table)
    stdout.print(f"{result.cycles:,} cycles; the output begins with {result.output.ravel()[:16].tolist()}")
    write_json(
        json,
        {
            "model": compiled.network.graph.name,
            "cluster": compiled.network.cluster.as_dict(),
            "cycles": result.cycles,
            "output": result.output.ravel().tolist(),
            "rows": rows,
        },
    )
    for layer in result.layers:
        if layer.differs_at is not None:
            stdout.print(
                f"layer {layer.step.node.name} differs from the golden model, first at index "
                f"{layer.differs_at}",
                style="bold red",
            )
            raise typer.Exit(1)


def _input(path: Path | None, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """The input that a file holds, or a random one; a batch of 1 in front is left out."""
    if path is None:
        return np.random.default_rng(seed).integers(-128, 128, shape).astype(np.int8)
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path} as a NumPy array: {error}; save one with numpy.save") from error
    return values[0] if values.shape == (1, *shape) else values
