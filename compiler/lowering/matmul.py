"""Products of two activations."""

from collections.abc import Sequence

import numpy as np

from common.errors import UserError
from compiler.graph import MatMul, View
from compiler.lowering.ways import ways
from compiler.network import Way
from reference.matmul import Product
from sw_kernels.kernel import Kernel
from sw_kernels.matmul.geometry import MatmulGeometry
from sw_kernels.matmul.kernels import MATMUL
from sw_kernels.matmul.layer import MatmulLayer
from sw_kernels.registry import select


def lowered_matmul(node: MatMul) -> Sequence[Way]:
    """One way for each kernel; for those of XDecmac where a 16-bit multiplier keeps all of its bits."""
    geometry = _geometry(*node.views, interleaved=node.interleaved)
    a, b, output = (tensor.quantization for tensor in (*node.inputs, node.output))
    exact = Product.of(a, b, output, lo=node.lo, hi=node.hi)
    short = Product.short_of(a, b, output, lo=node.lo, hi=node.hi)

    def layer(kernel: Kernel, inputs: np.ndarray, second: np.ndarray) -> MatmulLayer:
        return MatmulLayer(
            geometry=geometry,
            kernel=kernel,
            inputs=inputs.ravel()[: geometry.input_shape[0]],
            second=second.ravel()[: geometry.second_shape[0]],
            product=short if kernel.quantizes and short else exact,
        )

    return ways([kernel for kernel in select(MATMUL) if short or not kernel.quantizes], layer)


def _geometry(a: View, b: View, *, interleaved: bool) -> MatmulGeometry:
    heads, rows, reduction = a.shape
    columns = b.shape[1]
    if b.shape != (heads, columns, reduction):
        raise UserError(f"a of shape {a.shape} and b of shape {b.shape} must have equal heads and equal rows")
    if a.strides[2] != 1 or 1 not in b.strides[1:]:
        raise UserError(f"no kernel reads rows with strides of {a.strides} and {b.strides}")
    by_k = b.strides[2] != 1
    return MatmulGeometry(
        H=heads,
        T=rows,
        K=reduction,
        N=columns,
        KN=int(by_k),
        HI=int(interleaved),
        PA=a.strides[1],
        HA=a.strides[0],
        OA=a.offset,
        PB=b.strides[2] if by_k else b.strides[1],
        HB=b.strides[0],
        OB=b.offset,
    )
