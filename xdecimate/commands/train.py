"""``xdecimate train``: a network trained, pruned and quantized."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import TaskID
from rich.table import Table

import xdecimate as xd
from compiler.models.registry import CLASSIFIERS
from xdecimate.commands.options import ClusterName, Cores, Isa, chosen_cluster
from xdecimate.commands.output import progress, stderr, stdout

if TYPE_CHECKING:
    from training.trainer import Epoch


def train(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Train in this folder, or continue there.")
    ],
    model: Annotated[str, typer.Option(metavar="NAME", help=f"One of {', '.join(CLASSIFIERS)}.")] = "resnet8",
    data: Annotated[
        str, typer.Option(metavar="DATA", help="digits, cifar10:DIR, cifar100:DIR or folder:DIR.")
    ] = "digits",
    sparsity: Annotated[
        str, typer.Option(metavar="N:M", help="dense, 1:4, 1:8, 1:16, or budget:POINTS of accuracy.")
    ] = "dense",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the weights and of the order of images.")] = 1,
    start: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Begin with the dense weights of an earlier training."),
    ] = None,
    method: Annotated[str, typer.Option(metavar="NAME", help="one_shot, gradual or sr_ste.")] = "sr_ste",
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="LAYER", help="Leave this layer dense, or those of a pattern; repeatable."),
    ] = None,
    epochs: Annotated[
        str | None,
        typer.Option(metavar="D,P,Q", help="Epochs dense, pruned, and with simulated quantization."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, metavar="N", help="Threads; the result depends on it.")] = 1,
    isa: Isa = None,
    cores: Cores = None,
    cluster: ClusterName = None,
) -> None:
    """Train a network, prune it to N:M, quantize it, and write it as an int8 ONNX model.

    Each epoch ends with a checkpoint: the same command continues where it was interrupted. DIR/model.onnx is
    for check, compile and infer. With a budget, each layer gets the N:M with which the network takes the
    fewest cycles, predicted for --isa, --cores and --cluster.

    Example: xdecimate train --model resnet8 --data digits --sparsity 1:8 -o digits_m8
    Example: xdecimate train --data folder:cifar10_jpeg.tar.xz --sparsity budget:1.5 --from dense -o budget
    """
    with progress() as bar:
        tasks: dict[str, TaskID] = {}

        def advance(epoch: "Epoch") -> None:
            if epoch.phase not in tasks:
                tasks[epoch.phase] = bar.add_task(epoch.phase, total=epoch.of)
            found = "" if epoch.accuracy is None else f", {epoch.accuracy:.2%} of the test images"
            what = f"{epoch.phase}: loss {epoch.loss:.4f}{found}"
            bar.update(tasks[epoch.phase], completed=epoch.number, description=what)

        trained = xd.train(
            model,
            data,
            output,
            sparsity=sparsity,
            seed=seed,
            start=start,
            method=method,  # pyright: ignore[reportArgumentType]
            exclude=exclude or (),
            epochs=epochs,
            threads=threads,
            config=isa,
            cluster=chosen_cluster(cluster, cores),
            progress=advance,
        )
    table = Table(title=escape(f"{model} on {data}"))
    for name in ("layer", "weights", "zeros", "N:M", "why dense"):
        table.add_column(name, justify="right" if name in ("weights", "zeros") else "left")
    for row in trained.layers:
        table.add_row(
            row["layer"],
            f"{row['weights']:,}",
            f"{row['zeros'] / row['weights']:.1%}",
            row["sparsity"],
            row["why dense"],
        )
    stdout.print(table)
    stdout.print(
        f"accuracy in floating point: {trained.dense:.2%} dense, {trained.pruned:.2%} after the pruned phase"
    )
    stderr.print(f"wrote {output}/model.onnx", soft_wrap=True, markup=False)
