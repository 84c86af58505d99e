"""The addition's record and its kernels."""

from hw.units.decmac.record import DECMAC, DECMAC8
from sw_kernels.add.geometry import AddGeometry
from sw_kernels.add.layer import AddLayer
from sw_kernels.add.walk import AddWalk
from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator

ADD = Operator(
    name="add",
    folder=FOLDER / "add",
    geometry=AddGeometry,
    layer=AddLayer,
    walk=AddWalk(),
    typical=AddGeometry(N=16384),
    small=AddGeometry(N=512),
    odd=AddGeometry(N=107),
)

KERNELS = (
    Kernel(operator=ADD, name="scaled", cycles_per_output=6.75, conflicts=0.07),
    *(
        Kernel(
            operator=ADD,
            name=f"sums_{unit.extension}",
            needs=frozenset({unit.extension}),
            quantizes=True,
            cycles_per_output=2.75,
            conflicts=0.05,
        )
        for unit in (DECMAC, DECMAC8)
    ),
)
