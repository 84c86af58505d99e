"""The concatenation's record and its kernel."""

from sw_kernels.concat.geometry import ConcatGeometry
from sw_kernels.concat.layer import ConcatLayer
from sw_kernels.concat.walk import ConcatWalk
from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator

CONCAT = Operator(
    name="concat",
    folder=FOLDER / "concat",
    geometry=ConcatGeometry,
    layer=ConcatLayer,
    walk=ConcatWalk(),
    typical=ConcatGeometry(T=64, C0=64, C1=32, C2=128),
    small=ConcatGeometry(T=8, C0=16, C1=8),
    odd=ConcatGeometry(T=5, C0=7, C1=1, C2=10),
)

KERNELS = (Kernel(operator=CONCAT, name="rows"),)
