"""Softmax over the channels."""

from collections.abc import Sequence

import numpy as np

from compiler.graph import Softmax
from compiler.lowering.ways import ways
from compiler.network import Way
from reference import softmax as reference
from sw_kernels.kernel import Kernel
from sw_kernels.registry import select
from sw_kernels.softmax.geometry import SoftmaxGeometry
from sw_kernels.softmax.kernels import SOFTMAX
from sw_kernels.softmax.layer import SoftmaxLayer


def lowered_softmax(node: Softmax) -> Sequence[Way]:
    """One way for each kernel."""
    channels = node.output.shape[-1]
    geometry = SoftmaxGeometry(C=channels, T=node.output.size // channels)
    parameters = reference.Softmax.of(node.inputs[0].quantization, node.output.quantization)

    def layer(kernel: Kernel, inputs: np.ndarray) -> SoftmaxLayer:
        values = inputs.reshape(geometry.input_shape)
        return SoftmaxLayer(geometry=geometry, kernel=kernel, inputs=values, softmax=parameters)

    return ways(select(SOFTMAX), layer)
