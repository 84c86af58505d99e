"""Movements by NumPy: the outputs of nodes without arithmetic."""

import numpy as np

from compiler.graph import Concat, Node, Pad, Reshape, Strided
from reference.strided import strided


def moved(node: Node, *inputs: np.ndarray) -> np.ndarray:
    """The output of a movement, of the inputs' type; the scales of a concatenation's inputs must be equal."""
    if isinstance(node, Strided):
        return strided(inputs[0], node.offset, node.output.shape, node.strides)
    if isinstance(node, Concat):
        return np.concatenate(inputs, axis=node.axis)
    if isinstance(node, Pad):
        ends = list(zip(node.before, node.after, strict=True))
        return np.pad(inputs[0], ends, constant_values=node.value)
    assert isinstance(node, Reshape), node
    return inputs[0].reshape(node.output.shape)
