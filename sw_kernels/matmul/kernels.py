"""The record of the product of activations, and its kernel."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel, Loop
from sw_kernels.matmul.geometry import MatmulGeometry
from sw_kernels.matmul.layer import MatmulLayer
from sw_kernels.matmul.walk import MatmulWalk
from sw_kernels.operator import Operator

MATMUL = Operator(
    name="matmul",
    folder=FOLDER / "matmul",
    geometry=MatmulGeometry,
    layer=MatmulLayer,
    walk=MatmulWalk(),
    typical=MatmulGeometry(T=48, K=64, N=48, H=2),
    small=MatmulGeometry(T=8, K=32, N=8),
    odd=MatmulGeometry(T=3, K=13, N=7, H=2),
)

KERNELS = (
    Kernel(
        operator=MATMUL,
        name="dense_4x4",
        loop=Loop(filters=4, positions=4, instructions=24, accesses=8),
        conflicts=0.16,
    ),
)
