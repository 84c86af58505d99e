"""Copies of strided views, concatenations along an inner axis, and changes of layout."""

from collections.abc import Sequence
from math import prod

import numpy as np

from common.errors import UserError
from compiler.lowering.ways import ways
from compiler.movement import Concat, Reorder, Strided
from compiler.network import Way
from sw_kernels.concat.geometry import ConcatGeometry
from sw_kernels.concat.kernels import CONCAT
from sw_kernels.concat.layer import ConcatLayer
from sw_kernels.kernel import Kernel
from sw_kernels.packing.activations import rows_of
from sw_kernels.registry import select
from sw_kernels.reorder.geometry import ReorderGeometry
from sw_kernels.reorder.kernels import REORDER
from sw_kernels.reorder.layer import ReorderLayer
from sw_kernels.strided.axis import Axis, dense, merged
from sw_kernels.strided.geometry import AXES, StridedGeometry
from sw_kernels.strided.kernels import STRIDED
from sw_kernels.strided.layer import StridedLayer


def lowered_strided(node: Strided) -> Sequence[Way]:
    """One way for each kernel."""
    source, shape = node.inputs[0], node.output.shape
    axes = merged([Axis(*values) for values in zip(shape, node.strides, dense(shape), strict=True)])
    if len(axes) > AXES:
        raise UserError(f"it moves elements along {len(axes)} axes, but at most {AXES} are supported")
    sizes = {f"N{number}": axis.count for number, axis in enumerate(axes)}
    strides = {f"S{number}": axis.source for number, axis in enumerate(axes)}
    geometry = StridedGeometry(I=source.size, O=node.offset, **sizes, **strides)

    def layer(kernel: Kernel, inputs: np.ndarray) -> StridedLayer:
        return StridedLayer(geometry=geometry, kernel=kernel, inputs=inputs.ravel())

    return ways(select(STRIDED), layer)


def lowered_concat(node: Concat) -> Sequence[Way]:
    """One way for each kernel."""
    rows = prod(node.output.shape[: node.axis])
    lengths = tuple(tensor.size // rows for tensor in node.inputs)
    geometry = ConcatGeometry.of(rows, lengths)

    def layer(kernel: Kernel, *inputs: np.ndarray) -> ConcatLayer:
        first, *others = (
            values.reshape(rows, length) for values, length in zip(inputs, lengths, strict=True)
        )
        return ConcatLayer(geometry=geometry, kernel=kernel, inputs=first, others=tuple(others))

    return ways(select(CONCAT), layer)


def lowered_reorder(node: Reorder) -> Sequence[Way]:
    """One way for each kernel."""
    source = node.inputs[0]
    height, row = rows_of(source.shape)
    geometry = ReorderGeometry(H=height, N=row, B=int(node.to_bands))

    def layer(kernel: Kernel, inputs: np.ndarray) -> ReorderLayer:
        values = source.stored(inputs).reshape(geometry.input_shape)
        return ReorderLayer(geometry=geometry, kernel=kernel, inputs=values)

    return ways(select(REORDER), layer)
