"""Ways to compute a node: its layer with each of several kernels."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from compiler.network import Way
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer


def ways(kernels: Iterable[Kernel], layer: Callable[..., Layer]) -> Sequence[Way]:
    """One way for each kernel.

    Parameters
    ----------
    kernels : iterable of Kernel
    layer : callable
        Makes the layer from a kernel and the inputs, in the order of the node's and in any shape.
    """
    return [Way(kernel=kernel, bind=partial(layer, kernel)) for kernel in kernels]
