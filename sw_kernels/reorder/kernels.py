"""The record of the conversion between rows and bands, and its kernel."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from sw_kernels.reorder.geometry import ReorderGeometry
from sw_kernels.reorder.layer import ReorderLayer
from sw_kernels.reorder.walk import ReorderWalk

REORDER = Operator(
    name="reorder",
    folder=FOLDER / "reorder",
    geometry=ReorderGeometry,
    layer=ReorderLayer,
    walk=ReorderWalk(),
    typical=ReorderGeometry(H=32, N=1024),
    small=ReorderGeometry(H=8, N=64),
    odd=ReorderGeometry(H=5, N=13),
)

#: Its cost is that of a word.
KERNELS = (Kernel(operator=REORDER, name="blocks", cycles_per_output=4.6, compressed=True),)
