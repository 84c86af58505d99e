"""Layers of the operators without weights: what takes every branch of their kernels and walks."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from hw.config import XDECMAC, XDECMAC8, CoreConfig
from reference.matmul import Product
from reference.requantization import Requantization
from sw_kernels.add.kernels import ADD
from sw_kernels.add.layer import AddLayer
from sw_kernels.concat.kernels import CONCAT
from sw_kernels.layer import Layer
from sw_kernels.layer_norm.kernels import LAYER_NORM
from sw_kernels.layer_norm.layer import LayerNormLayer
from sw_kernels.matmul.kernels import MATMUL
from sw_kernels.matmul.layer import MatmulLayer
from sw_kernels.mul.kernels import MUL
from sw_kernels.mul.layer import MulLayer
from sw_kernels.operator import Operator
from sw_kernels.pool.geometry import PoolGeometry
from sw_kernels.pool.kernels import POOL
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.registry import KERNELS
from sw_kernels.reorder.kernels import REORDER
from sw_kernels.softmax.kernels import SOFTMAX
from sw_kernels.strided.kernels import STRIDED
from sw_kernels.table.kernels import TABLE

#: Small geometries: no whole word, whole words alone, both.
SMALL: dict[Operator, tuple[str, ...]] = {
    ADD: ("N=1", "N=3", "N=64", "N=107"),
    LAYER_NORM: ("C=1,T=2", "C=3,T=3", "C=8,T=2", "C=13,T=5", "C=384,T=2"),
    MATMUL: (
        "T=1,K=1,N=1",
        "T=4,K=16,N=8,H=2",
        "T=5,K=13,N=7,H=3",
        "T=3,K=18,N=9,H=2,KN=1",
        "T=2,K=2,N=3,KN=1,HI=1",
        "T=5,K=8,N=6,H=2,PA=48,HA=8,OA=4,PB=48,HB=8,OB=20,HI=1",  # heads inside rows
        "T=6,K=5,N=4,H=2,PB=21,HB=4,OB=3,KN=1",
    ),
    CONCAT: ("C0=1", "C0=5,C1=16,C2=3,T=7", "C0=1,C1=2,C2=3,C3=4,C4=5,C5=6,C6=7,C7=8,T=2"),
    MUL: ("N=2", "N=64", "N=107"),
    POOL: (
        "C=8,I=4,F=2,S=2",
        "C=7,IX=6,IY=5,F=3,SX=2,PX=1,PR=2,PB=1",
        "C=1,I=1,F=1",
        "C=5,IX=3,IY=7,FX=3,FY=7",
        *("C=9,IX=3,IY=5,FX=3,FY=5", "C=6,IX=2,IY=13,FX=2,FY=13", "C=4,I=8,F=8"),  # bands of one image
        "C=10,IX=9,IY=6,FX=5,FY=4,SX=3,SY=2,PX=4,PY=3,PR=1,PB=2",
    ),
    REORDER: (
        *("H=1,N=3", "H=4,N=8", "H=8,N=5", "H=13,N=7"),
        *("H=1,N=3,B=0", "H=4,N=8,B=0", "H=6,N=5,B=0", "H=13,N=7,B=0"),
    ),
    SOFTMAX: ("C=1", "C=3,T=3", "C=4,T=2", "C=10,T=5", "C=197,T=2", "C=1500,T=2"),
    STRIDED: (
        "I=1,N0=1",
        "I=35,N0=5,N1=7,S0=1,S1=5",
        "I=96,N0=8,N1=12,S0=1,S1=8",
        "I=960,N0=4,N1=6,N2=5,N3=8,S0=8,S1=160,S2=32",  # rows of 8
        "I=12,N0=3,N1=2,N2=2,N3=2,N4=2,S0=4,S1=0,S2=2,S3=0",  # a nearest resize
        "I=20,N0=5,N1=3,S0=4,S1=0",  # each element three times
        "I=143,O=142,N0=11,N1=6,S0=-1,S1=-22",
        "I=64,N0=2,N1=2,N2=2,N3=2,N4=2,N5=2,S0=1,S1=4,S2=16,S3=2,S4=8,S5=32",
    ),
    TABLE: ("N=2", "N=4", "N=107"),
}
#: Geometries that a cluster cuts into several strips or tiles, the last one smaller.
CUT: dict[Operator, tuple[str, ...]] = {
    ADD: ("N=22001",),
    LAYER_NORM: ("C=33,T=500",),
    MATMUL: ("T=199,K=9,N=50,PA=57,OA=3,PB=57,OB=19",),
    CONCAT: ("C0=64,C1=33,C2=3,T=2600",),
    MUL: ("N=22007",),
    POOL: (
        "C=33,IX=40,IY=28,F=3,S=2,P=1",  # strips
        "C=70,IX=47,IY=47,F=47",  # one pixel: tiles of channels
    ),
    REORDER: ("H=33,N=1001", "H=30,N=1001,B=0"),
    SOFTMAX: ("C=197,T=49",),
    STRIDED: (
        "I=12544,N0=128,N1=98,S0=1,S1=128",  # tokens and channels change places
        "I=2048,N0=8,N1=2,N2=8,N3=2,N4=32,S0=256,S1=0,S2=32,S3=0",  # a nearest resize
        "I=40000,O=1,N0=20000,S0=2",
        "I=16384,N0=16,N1=2,N2=512,S0=1024,S1=1,S2=2",
        "I=16384,O=16383,N0=32,N1=512,S0=-512,S1=-1",
    ),
    TABLE: ("N=24003",),
}
#: Geometries of one strip, and such that leave cores idle.
WHOLE: dict[Operator, tuple[str, ...]] = {
    ADD: ("N=5", "N=300"),
    LAYER_NORM: ("C=10", "C=16,T=20"),
    MATMUL: (
        "T=10,K=37,N=12,H=2,PB=24,HB=12,KN=1,HI=1",
        "T=2,K=401,N=90",  # tiles
        "T=1,K=120,N=203,KN=1",
        "T=5,K=13,N=7,H=3",
    ),
    CONCAT: ("C0=5", "C0=1,C1=2,C2=3,C3=4,C4=5,C5=6,C6=7,C7=8,T=20"),
    MUL: ("N=6",),
    POOL: (
        "C=7,IX=6,IY=5,F=3,SX=2,PX=1,PR=2,PB=1",
        "C=3,I=2,F=2",
    ),
    REORDER: ("H=1,N=3", "H=7,N=30", "H=7,N=30,B=0"),
    SOFTMAX: ("C=10", "C=16,T=20"),
    STRIDED: (
        "I=5,O=4,N0=5,S0=-1",
        "I=9261,O=64,N0=3,N1=9,N2=64,S0=64,S1=1024",  # heads of tokens
    ),
    TABLE: ("N=5", "N=300"),
}
#: Output ranges that need each way of clipping.
RANGES = ((-128, 127), (0, 127), (-7, 99))


def variants(layer: Layer) -> Iterator[Layer]:
    """The layer as it is compiled in every way."""
    if isinstance(layer, AddLayer):
        for lo, hi in RANGES:
            yield replace(layer, addition=replace(layer.addition, lo=lo, hi=hi))
    elif isinstance(layer, MulLayer):
        given = layer.multiplication.requantization
        for lo, hi in RANGES:
            requantization = replace(given, lo=lo, hi=hi)
            yield replace(layer, multiplication=replace(layer.multiplication, requantization=requantization))
    elif isinstance(layer, LayerNormLayer):
        for lo, hi in RANGES:
            requantization = replace(layer.norm.requantization, lo=lo, hi=hi)
            yield replace(layer, norm=replace(layer.norm, requantization=requantization))
    elif isinstance(layer, MatmulLayer):
        product, given = layer.product, layer.product.requantization
        for zeros, (lo, hi) in zip(((0, 0), (product.zero_a, 0), (-128, 127)), RANGES, strict=True):
            yield replace(layer, product=Product(*zeros, replace(given, lo=lo, hi=hi)))
    elif isinstance(layer, PoolLayer) and layer.averaging:
        for lo, hi in RANGES:
            averaging, given = layer.averaging, layer.averaging.requantization
            for coarse in (0, 10):  # fewer bits of shift need 64-bit arithmetic
                requantization = Requantization(
                    given.mul >> coarse, given.add >> coarse, given.shift - coarse, lo, hi
                )
                yield replace(layer, averaging=replace(averaging, requantization=requantization))
    else:
        yield layer


def layers(
    geometries: dict[Operator, tuple[str, ...]],
    seed: int,
    *,
    count: int | None = None,
    core: CoreConfig | None = None,
) -> list[Layer]:
    """Every kernel on its operator's geometries, in every variant or in the first ``count``.

    ``core`` leaves out the kernels that it cannot run. Of XDecmac's cores, only the kernels that need them
    are taken: the others are those of every core.
    """
    kernels = [kernel for kernel in KERNELS if core is None or kernel.runs_on(core)]
    if core in (XDECMAC, XDECMAC8):
        kernels = [kernel for kernel in kernels if kernel.needs]
    found = [
        (kernel, kernel.operator.geometry.parse(text))
        for kernel in kernels
        for text in geometries.get(kernel.operator, ())
    ]
    return [
        variant
        for kernel, geometry in found
        if not kernel.whole or (isinstance(geometry, PoolGeometry) and geometry.whole)
        for variant in islice(variants(kernel.random_layer(geometry, seed)), count)
    ]
