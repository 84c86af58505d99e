"""Nodes as layers of kernels, one file for each family of operators."""

from collections.abc import Callable, Sequence

from common.errors import UserError
from compiler.graph import (
    Add,
    AveragePool,
    Conv,
    Depthwise,
    LayerNorm,
    Linear,
    MatMul,
    MaxPool,
    Mul,
    Node,
    Softmax,
    Table,
)
from compiler.layout import Layout
from compiler.lowering.layer_norm import lowered_layer_norm
from compiler.lowering.matmul import lowered_matmul
from compiler.lowering.movement import lowered_concat, lowered_reorder, lowered_strided
from compiler.lowering.pair import lowered_add, lowered_mul
from compiler.lowering.pool import lowered_pool
from compiler.lowering.softmax import lowered_softmax
from compiler.lowering.table import lowered_table
from compiler.lowering.weighted import lowered_conv, lowered_depthwise, lowered_linear
from compiler.movement import Concat, Reorder, Strided
from compiler.network import Way

#: Ways to compute a node, by its type.
LOWERINGS: dict[type, Callable[..., Sequence[Way]]] = {
    Add: lowered_add,
    AveragePool: lowered_pool,
    Concat: lowered_concat,
    Conv: lowered_conv,
    Depthwise: lowered_depthwise,
    LayerNorm: lowered_layer_norm,
    Linear: lowered_linear,
    MatMul: lowered_matmul,
    MaxPool: lowered_pool,
    Mul: lowered_mul,
    Reorder: lowered_reorder,
    Softmax: lowered_softmax,
    Strided: lowered_strided,
    Table: lowered_table,
}
#: Nodes that can have banded tensors: all of them, but those of a ``Reorder``.
BANDED = (Add, Conv, Linear, Mul, Reorder, Table)


def lowered(node: Node) -> Sequence[Way]:
    """All ways to compute a node with its tensors in their layouts."""
    if type(node) not in LOWERINGS:
        known = ", ".join(kind.__name__ for kind in LOWERINGS)
        raise UserError(f"no kernel computes it yet, only {known}")
    banded = any(tensor.layout is Layout.BANDED for tensor in (*node.inputs, node.output))
    if banded and not isinstance(node, BANDED):
        raise UserError("no kernel computes it in bands")
    return LOWERINGS[type(node)](node)
