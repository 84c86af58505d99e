"""The table's record and its kernel."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from sw_kernels.table.geometry import TableGeometry
from sw_kernels.table.layer import TableLayer
from sw_kernels.table.walk import TableWalk

TABLE = Operator(
    name="table",
    folder=FOLDER / "table",
    geometry=TableGeometry,
    layer=TableLayer,
    walk=TableWalk(),
    typical=TableGeometry(N=16384),
    small=TableGeometry(N=512),
    odd=TableGeometry(N=107),
)

KERNELS = (Kernel(operator=TABLE, name="look_up", cycles_per_output=2.75, conflicts=1.0),)
