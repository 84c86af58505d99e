"""Sums of two activations."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compiler.graph import Add
from compiler.lowering.ways import ways
from compiler.network import Way
from reference.add import Addition
from sw_kernels.add.geometry import AddGeometry
from sw_kernels.add.kernels import ADD
from sw_kernels.add.layer import AddLayer
from sw_kernels.kernel import Kernel
from sw_kernels.registry import select


def lowered_add(node: Add) -> Sequence[Way]:
    """One way for each kernel."""
    geometry = AddGeometry(N=node.output.size)
    first, second = (tensor.quantization for tensor in node.inputs)
    if node.addition is None:
        addition = Addition.of(first, second, node.output.quantization, lo=node.lo, hi=node.hi)
    else:
        addition = replace(node.addition, lo=node.lo, hi=node.hi)

    def layer(kernel: Kernel, inputs: np.ndarray, other: np.ndarray) -> AddLayer:
        return AddLayer(
            geometry=geometry,
            kernel=kernel,
            inputs=inputs.ravel(),
            second=other.ravel(),
            addition=addition,
        )

    return ways(select(ADD), layer)
