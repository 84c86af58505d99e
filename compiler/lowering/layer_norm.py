"""Layer normalizations."""

from collections.abc import Sequence

import numpy as np

from compiler.graph import LayerNorm
from compiler.lowering.ways import ways
from compiler.network import Way
from reference import layer_norm as reference
from sw_kernels.kernel import Kernel
from sw_kernels.layer_norm.geometry import LayerNormGeometry
from sw_kernels.layer_norm.kernels import LAYER_NORM
from sw_kernels.layer_norm.layer import LayerNormLayer
from sw_kernels.registry import select


def lowered_layer_norm(node: LayerNorm) -> Sequence[Way]:
    """One way for each kernel."""
    channels = node.output.shape[-1]
    geometry = LayerNormGeometry(C=channels, T=node.output.size // channels)
    ends = node.inputs[0].quantization, node.output.quantization
    norm = reference.LayerNorm.of(*ends, node.gain, node.bias, node.epsilon, lo=node.lo, hi=node.hi)

    def layer(kernel: Kernel, inputs: np.ndarray) -> LayerNormLayer:
        values = inputs.reshape(geometry.input_shape)
        return LayerNormLayer(geometry=geometry, kernel=kernel, inputs=values, norm=norm)

    return ways(select(LAYER_NORM), layer)
