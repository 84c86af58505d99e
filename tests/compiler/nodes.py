"""Nodes with random weights."""

from typing import Any

import numpy as np

from compiler.graph import Graph, Node, Tensor
from reference.blocks import prune
from reference.quantization import Quantization


def tensor(name: str, shape: tuple[int, ...]) -> Tensor:
    return Tensor(name=name, shape=shape, quantization=Quantization(0.1, -7))


def node_of(
    kind: type, rng: np.random.Generator, before: tuple[int, ...], after: tuple[int, ...], **parts: Any
) -> Node:
    """A node with random weights; ``filter`` are the dimensions of its weights between K and C."""
    shape = (after[-1], *parts.pop("filter", ()), before[-1])
    weights, m = rng.integers(-127, 128, shape).astype(np.int8), parts.pop("m", None)
    return kind(
        name="node",
        inputs=(tensor("in", before),),
        output=tensor("out", after),
        weights=prune(weights, m) if m else weights,
        weight_scale=rng.uniform(0.001, 0.002, after[-1]),
        bias=rng.integers(-500, 500, after[-1]).astype(np.int32),
        **parts,
    )


def graph_of(node: Node) -> Graph:
    """A network of one node."""
    return Graph(name="single", nodes=(node,), input=node.inputs[0], output=node.output)
