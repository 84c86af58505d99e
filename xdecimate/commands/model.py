"""``xdecimate model``: a known network as a file."""

from pathlib import Path
from typing import Annotated

import typer

import xdecimate as xd
from compiler.models.registry import ARCHITECTURES
from xdecimate.commands.options import Sparsity, block_size
from xdecimate.commands.output import building, stderr


def model(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(ARCHITECTURES)}.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.onnx", help="File to write.")],
    sparsity: Sparsity = "dense",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the weights.")] = 1,
) -> None:
    """Write a known network with random weights as an int8 ONNX model, dense or pruned.

    The same arguments give the same bytes.

    Example: xdecimate model resnet18 --sparsity 1:16 -o resnet18.onnx
    """
    with building("calibrating"):
        xd.save_model(name, output, m=block_size(sparsity), seed=seed)
    stderr.print(f"wrote {output}", soft_wrap=True, markup=False)
