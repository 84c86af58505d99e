"""The golden models of a network, step after step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from compiler.graph import Graph, Node, Tensor
from sw_kernels.layer import Layer


@dataclass(frozen=True, kw_only=True, eq=False)
class GoldenNetwork:
    """The computation of a network by NumPy.

    Parameters
    ----------
    graph : Graph
    storage : mapping
        The tensor in whose bytes each tensor lies.
    steps : sequence of (Node, callable)
        What is computed, in order; the callable makes the layer from the inputs, in any shape.
    """

    graph: Graph
    storage: Mapping[Tensor, Tensor]
    steps: Sequence[tuple[Node, Callable[..., Layer]]]

    def outputs(self, inputs: np.ndarray) -> list[np.ndarray]:
        """Outputs of all steps, each int8 in the shape of the node's output.

        Parameters
        ----------
        inputs : ndarray, ``graph.input.shape``, int8

        Raises
        ------
        UserError
            When the input has another shape or type.
        """
        wanted = self.graph.input
        if inputs.shape != wanted.shape or inputs.dtype != np.int8:
            raise UserError(
                f"the input of {self.graph.name} must be int8 of shape {wanted.shape} "
                f"(scale {wanted.scale:g}, zero point {wanted.zero}), "
                f"not {inputs.dtype} of shape {inputs.shape}"
            )
        values = {**self.graph.constants, self.storage[wanted]: inputs}
        outputs = []
        for node, bind in self.steps:
            layer = bind(*(values[self.storage[tensor]] for tensor in node.inputs))
            outputs.append(layer.golden().reshape(node.output.shape))
            values[self.storage[node.output]] = outputs[-1]
        return outputs

    @property
    def output_step(self) -> int:
        """Number of the step that makes the network's output."""
        made = [self.storage[node.output] for node, _ in self.steps]
        return made.index(self.storage[self.graph.output])

    def output(self, outputs: Sequence[np.ndarray]) -> np.ndarray:
        """The network's output among those of all steps, in its own shape."""
        return outputs[self.output_step].reshape(self.graph.output.shape)
