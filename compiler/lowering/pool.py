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
from reference.reorder import BANDS, band_rows
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
    """The way to compute it in rows, or to rows from bands; the ways in bands."""
    geometry = PoolGeometry(**dimensions(node.inputs[0], node.size_yx, node.window))
    name = "average" if isinstance(node, AveragePool) else "max"
    if node.output.layout is BANDED:
        return _ways_in_bands(node, geometry, name)
    return _ways(node, geometry, f"{name}_banded" if node.inputs[0].layout is BANDED else name)


def _ways(node: Pool, geometry: PoolGeometry, name: str) -> Sequence[Way]:
    """The way of a kernel."""
    averaging, source = None, node.inputs[0]
    if isinstance(node, AveragePool):
        ends = source.quantization, node.output.quantization
        averaging = Averaging.of(geometry.counts, *ends, lo=node.lo, hi=node.hi)

    def layer(kernel: Kernel, inputs: np.ndarray) -> PoolLayer:
        # What kernels of rows compute in bands lies as it is stored.
        values = source.stored(inputs) if node.output.layout is BANDED else inputs
        values = values.reshape(geometry.input_shape)
        return PoolLayer(geometry=geometry, kernel=kernel, inputs=values, averaging=averaging)

    return ways([kernel_named(POOL, name)], layer)


def _ways_in_bands(node: Pool, geometry: PoolGeometry, name: str) -> Sequence[Way]:
    """Ways from bands to bands: band by band, and by a depthwise convolution.

    Raises ``UserError`` when there are none.
    """
    g = geometry
    found: list[Way] = []
    # No window reaches another band, or beyond the image: a band's bytes are further channels of its rows.
    inside = g.PY == 0 and g.FY <= g.SY and (g.OY - 1) * g.SY + g.FY <= g.IY
    if inside and band_rows(g.IY) == g.SY * band_rows(g.OY):
        rows = dict.fromkeys(("PY", "PB"), 0) | {"IY": band_rows(g.IY), "C": BANDS * g.C}
        columns = {key: getattr(g, key) for key in ("IX", "FX", "FY", "SX", "SY", "PX", "PR")}
        found += _ways(node, PoolGeometry(**rows, **columns), name)
    full = (g.counts == prod(node.size_yx)).all()
    if isinstance(node, AveragePool) and max(node.size_yx) <= FILTER and full:
        found += lowered_depthwise(_filtered(node))
    if not found:
        raise UserError(
            "in bands, windows must not overlap from row to row nor reach into another band, unless their "
            f"means are taken of at most {FILTER}x{FILTER} positions without padding"
        )
    return found


def _filtered(node: Pool) -> Depthwise:
    """The depthwise convolution that equals a mean of small windows.

    Its weights are 1, and 0 up to the size of the filter.
    """
    rows, columns = node.size_yx
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
