"""Sums and products of two activations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compiler.graph import Add, Mul, Node
from compiler.lowering.ways import ways
from compiler.network import Way
from reference.add import Addition
from reference.mul import Multiplication
from sw_kernels.add.geometry import AddGeometry
from sw_kernels.add.kernels import ADD
from sw_kernels.flat import ElementwiseGeometry
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.mul.geometry import MulGeometry
from sw_kernels.mul.kernels import MUL
from sw_kernels.operator import Operator
from sw_kernels.registry import select


def lowered_add(node: Add) -> Sequence[Way]:
    """One way for each kernel."""
    if node.addition is None:
        ends = (tensor.quantization for tensor in (*node.inputs, node.output))
        addition = Addition.of(*ends, lo=node.lo, hi=node.hi)
    else:
        addition = replace(node.addition, lo=node.lo, hi=node.hi)
    return _ways(ADD, node, AddGeometry(N=node.output.size), addition=addition)


def lowered_mul(node: Mul) -> Sequence[Way]:
    """One way for each kernel."""
    ends = (tensor.quantization for tensor in (*node.inputs, node.output))
    multiplication = Multiplication.of(*ends, lo=node.lo, hi=node.hi)
    return _ways(MUL, node, MulGeometry(N=node.output.size), multiplication=multiplication)


def _ways(operator: Operator, node: Node, geometry: ElementwiseGeometry, **arithmetic: Any) -> Sequence[Way]:
    """One way for each kernel of an operator whose layers are of two tensors, in any layout of all three."""
    first, second = node.inputs

    def layer(kernel: Kernel, inputs: np.ndarray, other: np.ndarray) -> Layer:
        operands = {"inputs": first.stored(inputs), "second": second.stored(other), **arithmetic}
        return operator.layer(geometry=geometry, kernel=kernel, **operands)

    return ways(select(operator), layer)
