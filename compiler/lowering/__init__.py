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
    Pool,
    Softmax,
    Table,
)
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
from sw_kernels.packing.activations import HWC


def _in_rows(lowering: Callable[..., Sequence[Way]]) -> Callable[..., Sequence[Way]]:
    """The same for kernels that know no bands."""

    def lowered_in_rows(node: Node) -> Sequence[Way]:
        if any(tensor.layout is not HWC for tensor in (*node.inputs, node.output)):
            raise UserError("no kernel computes it in bands")
        return lowering(node)

    return lowered_in_rows


#: Ways to compute a node, by its type.
LOWERINGS: dict[type, Callable[..., Sequence[Way]]] = {
    Add: lowered_add,
    AveragePool: lowered_pool,
    Concat: _in_rows(lowered_concat),
    Conv: lowered_conv,
    Depthwise: lowered_depthwise,
    LayerNorm: _in_rows(lowered_layer_norm),
    Linear: lowered_linear,
    MatMul: _in_rows(lowered_matmul),
    MaxPool: lowered_pool,
    Mul: lowered_mul,
    Reorder: lowered_reorder,
    Softmax: _in_rows(lowered_softmax),
    Strided: _in_rows(lowered_strided),
    Table: lowered_table,
}


def lowered(node: Node) -> Sequence[Way]:
    """All ways to compute a node with its tensors in their layouts."""
    if type(node) not in LOWERINGS:
        known = ", ".join(kind.__name__ for kind in LOWERINGS)
        raise UserError(f"no kernel computes it yet, only {known}")
    layouts = {tensor.layout for tensor in (*node.inputs, node.output)}
    if len(layouts) > 1 and not isinstance(node, Pool | Reorder):
        raise UserError("no kernel has its output in another layout than its inputs")
    return LOWERINGS[type(node)](node)
