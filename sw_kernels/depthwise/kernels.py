"""The depthwise convolution's record and its kernel."""

from sw_kernels.depthwise.geometry import DepthwiseGeometry
from sw_kernels.depthwise.layer import DepthwiseLayer
from sw_kernels.depthwise.walk import DepthwiseWalk
from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel, Loop
from sw_kernels.operator import Operator

DEPTHWISE = Operator(
    name="depthwise",
    folder=FOLDER / "depthwise",
    geometry=DepthwiseGeometry,
    layer=DepthwiseLayer,
    walk=DepthwiseWalk(),
    typical=DepthwiseGeometry(C=64, IX=16, IY=16, FX=3, FY=3, PX=1, PY=1),
    small=DepthwiseGeometry(C=8, IX=4, IY=4, FX=3, FY=3, PX=1, PY=1),
    odd=DepthwiseGeometry(C=7, IX=5, IY=3, FX=3, FY=3, PX=1, PY=1),
)

KERNELS = (
    Kernel(
        operator=DEPTHWISE,
        name="dense",
        # A column of two output rows, 3x3, of which the fourth byte of every word is zero.
        loop=Loop(filters=1, positions=2, rounds=3, instructions=17, accesses=3),
        conflicts=0.13,
    ),
)
