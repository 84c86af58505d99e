"""Poolings."""

from collections.abc import Sequence
from math import prod

import numpy as np

from common.errors import UserError
from compiler.graph import AveragePool, Depthwise, Pool
from compiler.lowering.ways import ways
from compiler.lowering.weighted import lowered_depthwise
from compiler.lowering.window import dimensions
from compiler.network import Way
from reference.pool import Averaging
from reference.window import Window
from sw_kernels.kernel import Kernel
from sw_kernels.packing.activations import BANDED
from sw_kernels.pool.geometry import PoolGeometry
from sw_kernels.pool.kernels import POOL
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.registry import kernel_named

#: Rows and columns of the filter that means in bands are computed with.
FILTER = 3


def lowered_pool(node: Pool) -> Sequence[Way]:
    """The one way to compute it; from bands to bands if it is the mean of windows without padding."""
    geometry = PoolGeometry(**dimensions(node.inputs[0], node.size_yx, node.window))
    averaging, name = None, "max"
    if node.output.layout is BANDED:
        return lowered_depthwise(_filtered(node, geometry))
    if isinstance(node, AveragePool):
        ends = node.inputs[0].quantization, node.output.quantization
        averaging, name = Averaging.of(geometry.counts, *ends, lo=node.lo, hi=node.hi), "average"
    if node.inputs[0].layout is BANDED:
        name += "_banded"

    def layer(kernel: Kernel, inputs: np.ndarray) -> PoolLayer:
        values = inputs.reshape(geometry.input_shape)
        return PoolLayer(geometry=geometry, kernel=kernel, inputs=values, averaging=averaging)

    return ways([kernel_named(POOL, name)], layer)


def _filtered(node: Pool, geometry: PoolGeometry) -> Depthwise:
    """The depthwise convolution that equals a mean of small windows.

    Its weights are 1, and 0 up to the size of the filter. Raises ``UserError`` when none does.
    """
    rows, columns = node.size_yx
    full = (geometry.counts == prod(node.size_yx)).all()
    if not isinstance(node, AveragePool) or max(node.size_yx) > FILTER or not full:
        raise UserError(
            f"in bands, windows are at most {FILTER}x{FILTER}, without padding, and have their mean taken"
        )
    channels = node.inputs[0].shape[2]
    weights = np.zeros((FILTER, FILTER, channels), np.int8)
    weights[:rows, :columns] = 1
    top, left, bottom, right = node.window.padding
    padding = (top, left, bottom + FILTER - rows, right + FILTER - columns)
    return Depthwise(
        name=node.name,
        inputs=node.inputs,
        output=node.output,
        lo=node.lo,
        hi=node.hi,
        weights=weights,
        weight_scale=np.full(channels, 1 / prod(node.size_yx)),
        bias=np.zeros(channels, np.int32),
        window=Window(stride_yx=node.window.stride_yx, padding=padding, pad_value=node.inputs[0].zero),
    )
