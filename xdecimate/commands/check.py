"""``xdecimate check``: check that a network can be compiled, with its kernels."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import xdecimate as xd
from compiler.emit import Emission
from compiler.folder.record import network_record
from compiler.place import lower_bound
from xdecimate.commands.layers import layer_row
from xdecimate.commands.options import (
    ClusterName,
    ConfigName,
    Cores,
    JsonFile,
    L1Size,
    L2Size,
    chosen_cluster,
)
from xdecimate.commands.output import progress, stdout, write_json


def check(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A quantized network, TFLite or ONNX.")],
    config: ConfigName = "xdecimate",
    cores: Cores = None,
    cluster: ClusterName = None,
    l1: L1Size = None,
    l2: L2Size = None,
    json: JsonFile = None,
) -> None:
    """Check that a network can be compiled; show the kernel and the predicted cycles of each layer.

    The exit status is 2 if it cannot: the message lists all problems of the model at once.

    Example: xdecimate check resnet8.tflite
    Example: xdecimate check mobilenet.onnx --config baseline --cluster small
    Example: xdecimate check resnet8.tflite --l1 64k --l2 256k
    """
    with progress() as bar:
        task = bar.add_task("compiling")
        compiled = xd.compile(
            model,
            config=config,
            cluster=chosen_cluster(cluster, cores),
            l1=l1,
            l2=l2,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    network = compiled.network
    table = Table(title=f"{network.graph.name} on cluster {network.cluster.name}")
    for name in ("layer", "shape", "kernel", "predicted cycles", "strips", "tiles"):
        table.add_column(name, justify="left" if name in ("layer", "shape", "kernel") else "right")
    rows = []
    record = network_record(Emission(network=network), {})
    for layer in record.steps:
        rows.append(
            {
                **layer_row(layer),
                "strips": layer.strips,
                "tiles": layer.tiles,
                "others": [
                    {"kernel": other.kernel, "predicted_cycles": other.cycles, "reason": other.reason}
                    for other in layer.choices[1:]
                ],
            }
        )
        table.add_row(
            layer.name,
            layer.geometry,
            layer.kernel_title,
            f"{layer.predicted_cycles:,}",
            str(layer.strips),
            str(layer.tiles),
        )
    stdout.print(table)
    weights = {"l2": 0, "l3": 0}
    for constant in record.constants:
        weights[constant.memory] += constant.bytes
    stdout.print(
        f"predicted: {record.predicted_cycles:,} cycles; activations: {network.arena:,} bytes of L2 and "
        f"{network.far_arena:,} of L3, of which {lower_bound(network.buffers):,} are live at the same time; "
        f"weights: {weights['l2']:,} and {weights['l3']:,}",
        soft_wrap=True,
    )
    write_json(
        json,
        {
            "model": network.graph.name,
            "cluster": network.cluster.as_dict(),
            "arena_bytes": network.arena,
            "far_arena_bytes": network.far_arena,
            "weight_bytes": weights,
            "rows": rows,
        },
    )
