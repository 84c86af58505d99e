"""Poolings."""

from collections.abc import Sequence

import numpy as np

from compiler.graph import AveragePool, MaxPool
from compiler.network import Bind
from reference.pool import Averaging
from sw_kernels.pool.geometry import PoolGeometry
from sw_kernels.pool.kernels import POOL
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.registry import kernel_named


def lowered_pool(node: AveragePool | MaxPool) -> Sequence[Bind]:
    """The one way to compute it."""
    (rows, columns, channels), window = node.inputs[0].shape, node.window
    top, left, bottom, right = window.pads
    geometry = PoolGeometry(
        C=channels,
        IX=columns,
        IY=rows,
        FX=window.size[1],
        FY=window.size[0],
        SX=window.stride[1],
        SY=window.stride[0],
        PX=left,
        PY=top,
        PR=right,
        PB=bottom,
    )
    averaging, name = None, "max"
    if isinstance(node, AveragePool):
        ends = node.inputs[0].quantization, node.output.quantization
        averaging, name = Averaging.of(geometry.counts, *ends, lo=node.lo, hi=node.hi), "average"
    kernel = kernel_named(POOL, name)

    def bind(inputs: np.ndarray) -> PoolLayer:
        values = inputs.reshape(geometry.input_shape)
        return PoolLayer(geometry=geometry, kernel=kernel, inputs=values, averaging=averaging)

    return [bind]
