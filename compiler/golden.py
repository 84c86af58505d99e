"""The golden models of a network, step after step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from compiler.graph import Graph, Node, Tensor
from compiler.storage import Memory, Storage
from sw_kernels.layer import Layer


@dataclass(frozen=True, kw_only=True, eq=False)
class GoldenNetwork:
    """The computation of a network by NumPy.

    Parameters
    ----------
    graph : Graph
    storage : Storage
        The bytes in which each tensor lies.
    steps : sequence of (Node, callable)
        What is computed, in order; the callable makes the layer from the inputs, in their shapes.
    """

    graph: Graph
    storage: Storage
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
        given = (
            f"{inputs.dtype} of shape {inputs.shape}"
            if isinstance(inputs, np.ndarray)
            else f"a {type(inputs).__name__}"
        )
        if given != f"int8 of shape {wanted.shape}":
            zero = f"{'-' if wanted.zero < 0 else '+'} {abs(wanted.zero)}"
            raise UserError(
                f"the input of {self.graph.name} must be an array of int8 of shape {wanted.shape}, not "
                f"{given}; give the codes round(x / {wanted.scale:g}) {zero} of real numbers x"
            )
        memory = Memory(self.storage)
        memory.write(wanted, inputs)
        outputs = []
        for node, bind in self.steps:
            layer = bind(*map(memory.read, node.inputs))
            outputs.append(_values(node.output, layer))
            memory.write(node.output, outputs[-1])
        return outputs

    @property
    def output_step(self) -> int:
        """Number of the step after which the network's output is whole."""
        made = [self.storage.overlap(node.output, self.graph.output) for node, _ in self.steps]
        return len(made) - 1 - made[::-1].index(True)

    def output(self, outputs: Sequence[np.ndarray]) -> np.ndarray:
        """The network's output, put together from those of all steps, in its own shape."""
        memory = Memory(self.storage)
        for (node, _), output in zip(self.steps, outputs, strict=True):
            memory.write(node.output, output)
        return memory.read(self.graph.output)


def _values(output: Tensor, layer: Layer) -> np.ndarray:
    """The golden output in the tensor's shape; kernels of other layouts compute it as it is stored."""
    golden = layer.golden()
    same = layer.kernel.makes is output.layout
    return golden.reshape(output.shape) if same else output.values(golden)
