"""The pooling's record and its kernels."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from sw_kernels.packing.activations import BANDED, HWC
from sw_kernels.pool.banded_walk import BandedPoolWalk
from sw_kernels.pool.geometry import PoolGeometry
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.pool.walk import PoolWalk

POOL = Operator(
    name="pool",
    folder=FOLDER / "pool",
    geometry=PoolGeometry,
    layer=PoolLayer,
    walk=PoolWalk(),
    typical=PoolGeometry(C=64, IX=16, IY=16, FX=3, FY=3, SX=2, SY=2, PX=1, PY=1),
    small=PoolGeometry(C=8, IX=4, IY=4, FX=2, FY=2, SX=2, SY=2),
    odd=PoolGeometry(C=7, IX=6, IY=5, FX=3, FY=2, SX=2, PX=1, PB=1),
)

KERNELS = (
    Kernel(operator=POOL, name="average", cycles_per_output=1.25, conflicts=0.05),
    Kernel(operator=POOL, name="max", cycles_per_output=0.5),
    *(
        Kernel(
            operator=POOL,
            name=f"{name}_banded",
            activations=BANDED,
            outputs=HWC,
            whole=True,
            own_walk=BandedPoolWalk(),
            cycles_per_output=0.5,
            conflicts=0.2,
        )
        for name in ("average", "max")
    ),
)
