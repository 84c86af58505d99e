"""The kernel that computes a layer fastest on a core."""

import numpy as np

from hw.config import CoreConfig
from reference.blocks import check_block_size, check_obeys, obeys
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from sw_kernels.registry import kernel_named, select


def candidates(operator: Operator, weights: np.ndarray, name: str | None, m: int | None) -> list[Kernel]:
    """The kernels that can compute a layer with these weights, all or those of a name, a block size or both.

    Raises ``UserError`` when there is no such kernel, or the weights do not obey the pattern asked for.
    """
    if name is not None and m is not None:
        kernel_named(operator, name, m)
    if m is not None:
        check_block_size(m)
        check_obeys(weights, m)
    kernels = [kernel for kernel in select(operator, name, m) if m is None or kernel.m == m]
    usable = [kernel for kernel in kernels if kernel.m is None or obeys(weights, kernel.m)]
    if not usable:  # a sparse kernel by its name, with weights that obey no pattern of it
        check_obeys(weights, min(kernel.m for kernel in kernels if kernel.m))
    return usable


def fastest(kernels: list[Kernel], core: CoreConfig, positions: int) -> Kernel:
    """The kernel with the cheapest inner loop among those that a core can run.

    A loop that serves more positions at once than the layer's is left to other layers.

    Raises ``UserError`` when the core can run none of them.
    """
    able = [kernel for kernel in kernels if all(map(core.has, kernel.needs))]
    if not able:
        kernels[0].check_core(core)
    most = max(positions, min(map(_positions, able)))
    return min((kernel for kernel in able if _positions(kernel) <= most), key=_cost)


def _positions(kernel: Kernel) -> int:
    """Positions that the inner loop serves at once."""
    return kernel.loop.positions if kernel.loop else 1


def _cost(kernel: Kernel) -> float:
    """Cycles of the inner loop for a weight of the dense layer at one position."""
    return kernel.cycles_per_weight / _positions(kernel) / (kernel.m or 1)
