"""Products of two activations."""

from collections.abc import Sequence

import numpy as np

from compiler.graph import Mul
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

    def way(kernel: Kernel) -> Way:
        def bind(inputs: np.ndarray, other: np.ndarray) -> MulLayer:
            return MulLayer(
                geometry=geometry,
                kernel=kernel,
                inputs=inputs.ravel(),
                second=other.ravel(),
                multiplication=multiplication,
            )

        return Way(kernel=kernel, bind=bind)

    return [way(kernel) for kernel in select(MUL)]
