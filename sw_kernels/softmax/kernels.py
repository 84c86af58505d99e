"""The softmax's record and its kernel."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from sw_kernels.softmax.geometry import SoftmaxGeometry
from sw_kernels.softmax.layer import SoftmaxLayer
from sw_kernels.softmax.walk import SoftmaxWalk

SOFTMAX = Operator(
    name="softmax",
    folder=FOLDER / "softmax",
    geometry=SoftmaxGeometry,
    layer=SoftmaxLayer,
    walk=SoftmaxWalk(),
    typical=SoftmaxGeometry(C=197, T=64),
    small=SoftmaxGeometry(C=64, T=2),
    odd=SoftmaxGeometry(C=23, T=3),
)

KERNELS = (
    Kernel(operator=SOFTMAX, name="exponentials", cycles_per_output=12, cycles_per_item=125, conflicts=0.09),
)
