"""Registry of kernels, which finds them by name."""

from common.errors import UserError
from hw.config import CoreConfig
from reference.blocks import check_block_size
from sw_kernels.add.kernels import KERNELS as ADD_KERNELS
from sw_kernels.concat.kernels import KERNELS as CONCAT_KERNELS
from sw_kernels.conv.kernels import KERNELS as CONV_KERNELS
from sw_kernels.depthwise.kernels import KERNELS as DEPTHWISE_KERNELS
from sw_kernels.kernel import Kernel
from sw_kernels.layer_norm.kernels import KERNELS as LAYER_NORM_KERNELS
from sw_kernels.linear.kernels import KERNELS as LINEAR_KERNELS
from sw_kernels.matmul.kernels import KERNELS as MATMUL_KERNELS
from sw_kernels.mul.kernels import KERNELS as MUL_KERNELS
from sw_kernels.operator import Operator
from sw_kernels.packing.activations import ACTIVATION_LAYOUTS, HWC, ActivationLayout
from sw_kernels.pool.kernels import KERNELS as POOL_KERNELS
from sw_kernels.reorder.kernels import KERNELS as REORDER_KERNELS
from sw_kernels.softmax.kernels import KERNELS as SOFTMAX_KERNELS
from sw_kernels.strided.kernels import KERNELS as STRIDED_KERNELS
from sw_kernels.table.kernels import KERNELS as TABLE_KERNELS

#: All kernels, those of an operator together, its dense ones first and the fastest of them at the front.
KERNELS: list[Kernel] = [
    *CONV_KERNELS,
    *LINEAR_KERNELS,
    *DEPTHWISE_KERNELS,
    *MATMUL_KERNELS,
    *ADD_KERNELS,
    *MUL_KERNELS,
    *POOL_KERNELS,
    *SOFTMAX_KERNELS,
    *LAYER_NORM_KERNELS,
    *TABLE_KERNELS,
    *STRIDED_KERNELS,
    *CONCAT_KERNELS,
    *REORDER_KERNELS,
]


def operators() -> tuple[Operator, ...]:
    """The operators of the kernels."""
    return tuple(dict.fromkeys(kernel.operator for kernel in KERNELS))


def operator_named(name: str) -> Operator:
    """The operator of this name; ``UserError`` lists those that exist."""
    known = {operator.name: operator for operator in operators()}
    if name not in known:
        raise UserError(f"operator must be one of {', '.join(known)}, not {name!r}")
    return known[name]


def dense_kernels(operator: Operator) -> tuple[Kernel, ...]:
    """The kernels of an operator that others are compared with, which every core runs, the fastest first."""
    return tuple(kernel for kernel in select(operator) if kernel.m is None and not kernel.needs)


def select(
    operator: Operator,
    name: str | None = None,
    m: int | None = None,
    activations: ActivationLayout | None = HWC,
) -> tuple[Kernel, ...]:
    """The kernels of an operator, all or only those of one name, one block size or both.

    A block size leaves the dense kernels in unless a name says otherwise. Without a name, they are those
    whose activations have this layout, or any if it is None, but for kernels of depthwise convolutions or of
    windows that cover the image alone.

    Raises
    ------
    UserError
        When the name or M is unknown, or no kernel has both.
    """
    own = [kernel for kernel in KERNELS if kernel.operator is operator]
    known = tuple(dict.fromkeys(kernel.name for kernel in own))
    if name is not None and name not in known:
        raise UserError(f"kernel of {operator} must be one of {', '.join(known)}, not {name!r}")
    if m is not None:
        check_block_size(m)
    if name is not None:
        own = [kernel for kernel in own if kernel.name == name]
    else:
        layouts = (activations,) if activations else ACTIVATION_LAYOUTS.values()
        own = [kernel for kernel in own if not (kernel.depthwise or kernel.whole)]
        own = [kernel for kernel in own if kernel.activations in layouts]
    return tuple(kernel for kernel in own if m is None or kernel.m in (None, m))


def runnable(
    operator: Operator, core: CoreConfig, name: str | None = None, m: int | None = None
) -> tuple[Kernel, ...]:
    """The kernels of ``select``, with activations in any layout, that a core can run."""
    return tuple(kernel for kernel in select(operator, name, m, activations=None) if kernel.runs_on(core))


def kernel_named(operator: Operator, name: str, m: int | None = None) -> Kernel:
    """The one kernel with this name and block size; ``UserError`` as in ``select``, or when M is missing."""
    matches = [kernel for kernel in select(operator, name, m) if kernel.m == m]
    if not matches:
        sizes = ", ".join(str(kernel.m) for kernel in select(operator, name) if kernel.m)
        wanted = f"needs M; give one of {sizes}" if m is None else f"is dense; leave out M, which is {m}"
        raise UserError(f"kernel {name} of {operator} {wanted}")
    return matches[0]
