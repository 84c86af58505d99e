"""Sums and products of two activations."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compiler.graph import Add, Mul, Node
from compiler.lowering.ways import ways
from compiler.network import Way
from reference.add import Addition
from reference.mul import Multiplication
from reference.short_addition import ShortAddition
from sw_kernels.add.geometry import AddGeometry
from sw_kernels.add.kernels import ADD
from sw_kernels.flat import ElementwiseGeometry
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.mul.geometry import MulGeometry
from sw_kernels.mul.kernels import MUL
from sw_kernels.registry import select


def lowered_add(node: Add) -> Sequence[Way]:
    """One way for each kernel; for those of XDecmac where their arithmetic is near enough to the exact sum.

    Model files with multipliers of their own keep them.
    """
    ends = tuple(tensor.quantization for tensor in (*node.inputs, node.output))
    short = None
    if node.addition is None:
        exact = Addition.of(*ends, lo=node.lo, hi=node.hi)
        short = ShortAddition.of(*ends, lo=node.lo, hi=node.hi)
    else:
        exact = replace(node.addition, lo=node.lo, hi=node.hi)
    kernels = [kernel for kernel in select(ADD) if short or not kernel.quantizes]
    geometry = AddGeometry(N=node.output.size)
    return _ways(node, geometry, kernels, lambda kernel: {"addition": short if kernel.quantizes else exact})


def lowered_mul(node: Mul) -> Sequence[Way]:
    """One way for each kernel."""
    ends = (tensor.quantization for tensor in (*node.inputs, node.output))
    multiplication = Multiplication.of(*ends, lo=node.lo, hi=node.hi)
    geometry = MulGeometry(N=node.output.size)
    return _ways(node, geometry, select(MUL), lambda kernel: {"multiplication": multiplication})


def _ways(
    node: Node,
    geometry: ElementwiseGeometry,
    kernels: Iterable[Kernel],
    arithmetic: Callable[[Kernel], Mapping[str, Any]],
) -> Sequence[Way]:
    """One way for each kernel of an operator whose layers are of two tensors, in any layout of all three.

    ``arithmetic`` gives a kernel's further operands.
    """
    first, second = node.inputs

    def layer(kernel: Kernel, inputs: np.ndarray, other: np.ndarray) -> Layer:
        operands = {"inputs": first.stored(inputs), "second": second.stored(other), **arithmetic(kernel)}
        return kernel.operator.layer(geometry=geometry, kernel=kernel, **operands)

    return ways(kernels, layer)
