"""The product's record and its kernel."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.mul.geometry import MulGeometry
from sw_kernels.mul.layer import MulLayer
from sw_kernels.mul.walk import MulWalk
from sw_kernels.operator import Operator

MUL = Operator(
    name="mul",
    folder=FOLDER / "mul",
    geometry=MulGeometry,
    layer=MulLayer,
    walk=MulWalk(),
    typical=MulGeometry(N=16384),
    small=MulGeometry(N=512),
    odd=MulGeometry(N=107),
)

KERNELS = (Kernel(operator=MUL, name="scaled", cycles_per_output=12.75, conflicts=0.01),)
