"""The fully-connected layer's record and its kernels."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel, Loop
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.layer import LinearLayer
from sw_kernels.linear.walk import BandedLinearWalk, LinearWalk
from sw_kernels.operator import Operator
from sw_kernels.packing.layouts import BYTE_LANES, PAIRED
from sw_kernels.xdecimate import MAX_BLOCKS, NEEDS
from sw_kernels.xdecmac import kernels_of


def _probe(channels: int, reduction: int) -> LinearGeometry:
    return LinearGeometry(C=reduction, K=channels, T=8)


LINEAR = Operator(
    name="linear",
    folder=FOLDER / "linear",
    geometry=LinearGeometry,
    layer=LinearLayer,
    walk=LinearWalk(),
    typical=LinearGeometry(C=256, K=32),
    small=LinearGeometry(C=256, K=16),
    odd=LinearGeometry(C=100, K=7, T=2),
    probe=_probe,
)

_WORD_OF_INDICES = {4: 4, 8: 2, 16: 2}  # rounds of four non-zeros of one channel that a word serves
_PAIR_OF_INDICES = {4: 2, 8: 1, 16: 1}  # of two channels

KERNELS = (
    Kernel(
        operator=LINEAR,
        name="dense",
        loop=Loop(filters=2, positions=1, instructions=5, accesses=3),
        cycles_per_weight=0.625,
        cycles_per_output=16,
        conflicts=0.19,
    ),
    Kernel(
        operator=LINEAR,
        name="dense_4x4",
        loop=Loop(filters=4, positions=4, instructions=24, accesses=8),
        cycles_per_weight=1.5,
        cycles_per_output=11,
        conflicts=0.15,
    ),
    *(
        Kernel(
            operator=LINEAR,
            name="sparse_software",
            m=m,
            layout=BYTE_LANES,
            loop=Loop(
                filters=1,
                positions=1,
                rounds=rounds,
                instructions=15 * rounds + 1,
                accesses=5 * rounds + 1,
            ),
            cycles_per_weight=3.9,
            cycles_per_output=22 if m == 4 else 20,
            conflicts={4: 0.06, 8: 0.1, 16: 0.06}[m],
        )
        for m, rounds in _WORD_OF_INDICES.items()
    ),
    *(
        Kernel(
            operator=LINEAR,
            name="sparse_xdecimate",
            m=m,
            layout=PAIRED,
            needs=NEEDS,
            max_blocks=MAX_BLOCKS,
            loop=Loop(
                filters=2,
                positions=1,
                rounds=rounds,
                instructions=12 * rounds + 1,
                accesses=10 * rounds + 1,
            ),
            cycles_per_weight=1.625,
            cycles_per_output=17.5 if m == 4 else 16,
            conflicts={4: 0.37, 8: 0.44, 16: 0.63}[m],
        )
        for m, rounds in _PAIR_OF_INDICES.items()
    ),
    *kernels_of(
        LINEAR,
        conflicts={4: {None: 0.22, 4: 0.55, 8: 0.6, 16: 0.6}, 8: {None: 0.25, 4: 0.55, 8: 0.6, 16: 0.6}},
        own_walk=BandedLinearWalk(),
        cycles_per_output=13,
    ),
)
