"""Poolings."""

from collections.abc import Sequence

import numpy as np

from compiler.graph import AveragePool, Pool
from compiler.lowering.ways import ways
from compiler.lowering.window import dimensions
from compiler.network import Way
from reference.pool import Averaging
from sw_kernels.kernel import Kernel
from sw_kernels.pool.geometry import PoolGeometry
from sw_kernels.pool.kernels import POOL
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.registry import kernel_named


def lowered_pool(node: Pool) -> Sequence[Way]:
    """The one way to compute it."""
    geometry = PoolGeometry(**dimensions(node.inputs[0], node.size_yx, node.window))
    averaging, name = None, "max"
    if isinstance(node, AveragePool):
        ends = node.inputs[0].quantization, node.output.quantization
        averaging, name = Averaging.of(geometry.counts, *ends, lo=node.lo, hi=node.hi), "average"

    def layer(kernel: Kernel, inputs: np.ndarray) -> PoolLayer:
        values = inputs.reshape(geometry.input_shape)
        return PoolLayer(geometry=geometry, kernel=kernel, inputs=values, averaging=averaging)

    return ways([kernel_named(POOL, name)], layer)
