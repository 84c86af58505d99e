"""The record of the product of activations, and its kernels."""

from hw.units.decmac.record import DECMAC
from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel, Loop
from sw_kernels.matmul.geometry import MatmulGeometry
from sw_kernels.matmul.layer import MatmulLayer
from sw_kernels.matmul.walk import MatmulQuadsWalk, MatmulWalk
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
    Kernel(
        operator=MATMUL,
        name="dense_xdecmac",
        needs=frozenset({DECMAC.extension}),
        quantizes=True,
        own_walk=MatmulQuadsWalk(),
        # The loop has two words of a row of a, and eight of four columns.
        loop=Loop(filters=4, positions=1, rounds=2, instructions=10, accesses=10),
        conflicts=0.2,
    ),
)
