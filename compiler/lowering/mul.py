"""Products of two activations."""

from collections.abc import Sequence

import numpy as np

from compiler.graph import Mul
from compiler.lowering.ways import ways
from compiler.network import Way
from reference.mul import Multiplication
from sw_kernels.kernel import Kernel
from sw_kernels.mul.geometry import MulGeometry
from sw_kernels.mul.kernels import MUL
from sw_kernels.mul.layer import MulLayer
from sw_kernels.registry import select


def lowered_mul(node: Mul) -> Sequence[Way]:
    """One way for each kernel."""
    geometry = MulGeometry(N=node.output.size)
    first, second = (tensor.quantization for tensor in node.inputs)
    multiplication = Multiplication.of(first, second, node.output.quantization, lo=node.lo, hi=node.hi)

    def layer(kernel: Kernel, inputs: np.ndarray, other: np.ndarray) -> MulLayer:
        return MulLayer(
            geometry=geometry,
            kernel=kernel,
            inputs=inputs.ravel(),
            second=other.ravel(),
            multiplication=multiplication,
        )

    return ways(select(MUL), layer)
