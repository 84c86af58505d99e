"""An operator without weights and its kernel, which only tests register."""

from pathlib import Path

from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from tests.sw_kernels.pooling.geometry import PoolingGeometry
from tests.sw_kernels.pooling.layer import PoolingLayer
from tests.sw_kernels.pooling.walk import PoolingWalk

POOLING = Operator(
    name="pooling",
    folder=Path(__file__).parent,
    geometry=PoolingGeometry,
    layer=PoolingLayer,
    walk=PoolingWalk(),
    typical=PoolingGeometry(C=16, IX=8, IY=8, FX=2, FY=2, SX=2, SY=2),
    small=PoolingGeometry(C=4, IX=4, IY=4, FX=2, FY=2),
    odd=PoolingGeometry(C=5, IX=7, IY=6, FX=3, FY=2, SX=2),
)

KERNELS = (Kernel(operator=POOLING, name="max"),)
