"""The convolution's record and its kernels."""

from hw.units.decmac.record import DECMAC
from sw_kernels.conv.banded_walk import BandedConvWalk, BandedDepthwiseWalk
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.conv.walk import ConvWalk
from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel, Loop
from sw_kernels.operator import Operator
from sw_kernels.packing.activations import BANDED
from sw_kernels.packing.layouts import BYTE_LANES, REPEATED
from sw_kernels.xdecimate import MAX_BLOCKS, NEEDS
from sw_kernels.xdecmac import kernels_of


def _probe(channels: int, reduction: int) -> ConvGeometry:
    return ConvGeometry(C=reduction, K=channels, IX=2, IY=4, FX=1, FY=1)


CONV = Operator(
    name="conv",
    folder=FOLDER / "conv",
    geometry=ConvGeometry,
    layer=ConvLayer,
    walk=ConvWalk(),
    typical=ConvGeometry(C=32, K=32, IX=8, IY=8, FX=3, FY=3, PX=1, PY=1),
    small=ConvGeometry(C=32, K=8, IX=4, IY=4, FX=3, FY=3, PX=1, PY=1),
    odd=ConvGeometry(C=20, K=6, IX=5, IY=3, FX=3, FY=3, PX=1, PY=1),
    probe=_probe,
)

_WORD_OF_INDICES = {4: 4, 8: 2, 16: 2}  # rounds of four non-zeros that a word serves, each index once
_PAIR_OF_INDICES = {4: 2, 8: 1, 16: 1}  # each index twice

KERNELS = (
    Kernel(
        operator=CONV,
        name="dense_4x2",
        buffers=2,
        loop=Loop(filters=4, positions=2, instructions=14, accesses=6),
        cycles_per_weight=0.875,
        cycles_per_output=13,
        conflicts=0.09,
    ),
    Kernel(
        operator=CONV,
        name="dense_1x2",
        buffers=2,
        loop=Loop(filters=1, positions=2, instructions=5, accesses=3),
        cycles_per_weight=1.25,
        cycles_per_output=13,
        conflicts=0.11,
    ),
    *(
        Kernel(
            operator=CONV,
            name="sparse_software",
            m=m,
            layout=BYTE_LANES,
            buffers=3,
            loop=Loop(
                filters=1,
                positions=2,
                rounds=rounds,
                instructions=18 * rounds + 2,
                accesses=5 * rounds + 1,
            ),
            cycles_per_weight=4.75,
            cycles_per_output=18 if m == 4 else 15,
            conflicts={4: 0.03, 8: 0.05, 16: 0.08}[m],
        )
        for m, rounds in _WORD_OF_INDICES.items()
    ),
    *(
        Kernel(
            operator=CONV,
            name="sparse_xdecimate",
            m=m,
            layout=REPEATED,
            needs=NEEDS,
            max_blocks=MAX_BLOCKS,
            buffers=2,
            loop=Loop(
                filters=1,
                positions=2,
                rounds=rounds,
                instructions=11 * rounds + 1,
                accesses=9 * rounds + 1,
            ),
            cycles_per_weight=3.0,
            cycles_per_output=14.5 if m == 4 else 12.5,
            conflicts={4: 0.22, 8: 0.32, 16: 0.39}[m],
        )
        for m, rounds in _PAIR_OF_INDICES.items()
    ),
    *kernels_of(
        CONV,
        conflicts={4: {None: 0.23, 4: 0.53, 8: 0.56, 16: 0.55}, 8: {None: 0.2, 4: 0.52, 8: 0.58, 16: 0.55}},
        own_walk=BandedConvWalk(),
        cycles_per_output=13,
    ),
    Kernel(
        operator=CONV,
        name="depthwise_xdecmac",
        activations=BANDED,
        needs=frozenset({DECMAC.extension}),
        quantizes=True,
        depthwise=True,
        own_walk=BandedDepthwiseWalk(),
        # The last three weights are filled up.
        loop=Loop(filters=1, positions=4, rounds=3, instructions=12, accesses=12),
        cycles_per_output=17,
        conflicts=0.6,
    ),
)
