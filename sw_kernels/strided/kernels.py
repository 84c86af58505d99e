"""The strided view's record and its kernels."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from sw_kernels.strided.geometry import StridedGeometry
from sw_kernels.strided.layer import StridedLayer
from sw_kernels.strided.walk import GATHER_CYCLES, StridedWalk

STRIDED = Operator(
    name="strided",
    folder=FOLDER / "strided",
    geometry=StridedGeometry,
    layer=StridedLayer,
    walk=StridedWalk(),
    typical=StridedGeometry(I=16384, N0=128, N1=128, S0=1, S1=128),
    small=StridedGeometry(I=512, N0=32, N1=16, S0=1, S1=32),
    odd=StridedGeometry(I=500, O=499, N0=3, N1=9, N2=2, N3=7, S0=-130, S1=-1, S2=0, S3=-13),
)

#: ROWS moves bytes by the DMA alone; the costs of the others are those of a byte.
KERNELS = (
    ROWS := Kernel(operator=STRIDED, name="rows"),
    Kernel(operator=STRIDED, name="blocks", cycles_per_output=1.3),
    Kernel(operator=STRIDED, name="elements", cycles_per_output=GATHER_CYCLES),
)
