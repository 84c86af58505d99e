"""The paper's single layers and its average speed-ups (arXiv 2503.06183, section 5)."""

from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.operator import Operator
from sw_kernels.registry import kernel_named

GEOMETRIES: dict[Operator, tuple[Geometry, ...]] = {
    CONV: tuple(ConvGeometry(C=c, K=256, IX=8, IY=8, FX=3, FY=3, PX=1, PY=1) for c in (32, 64, 128, 256)),
    LINEAR: tuple(LinearGeometry(C=c, K=256) for c in (256, 512, 1024, 2048)),
}

#: Published average over C: against dense 4x2 and dense 1x2 for Conv, against the dense kernel for FC. The
#: figures are of eight cores with 128 kB of L1; those for FC include the transfer of the weights from L2.
AVERAGES: dict[Kernel, dict[str, float]] = {
    kernel_named(CONV, "sparse_software", 4): {"1x2": 0.81},
    kernel_named(CONV, "sparse_software", 8): {"1x2": 1.55, "4x2": 1.1},
    kernel_named(CONV, "sparse_software", 16): {"1x2": 2.6, "4x2": 1.85},
    kernel_named(CONV, "sparse_xdecimate", 4): {"1x2": 1.50, "4x2": 1.12},
    kernel_named(CONV, "sparse_xdecimate", 8): {"1x2": 2.4, "4x2": 1.74},
    kernel_named(CONV, "sparse_xdecimate", 16): {"1x2": 3.9, "4x2": 2.78},
    kernel_named(LINEAR, "sparse_software", 4): {"1x2": 1.02},
    kernel_named(LINEAR, "sparse_software", 8): {"1x2": 1.6},
    kernel_named(LINEAR, "sparse_software", 16): {"1x2": 2.3},
    kernel_named(LINEAR, "sparse_xdecimate", 4): {"1x2": 1.8},
    kernel_named(LINEAR, "sparse_xdecimate", 8): {"1x2": 2.2},
    kernel_named(LINEAR, "sparse_xdecimate", 16): {"1x2": 2.9},
}


def average(kernel: Kernel, baseline: str) -> float | None:
    """The published average of a kernel against ``4x2`` or ``1x2``; None where none is given."""
    return AVERAGES.get(kernel, {}).get(baseline)
