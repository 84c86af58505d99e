"""Every kernel, compiled for this PC with the C models of the instructions, against the golden models."""

import ctypes
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from reference.requantization import Clip, Tier
from sw_kernels.build import compile_object, link_host_library
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.depthwise.geometry import DepthwiseGeometry
from sw_kernels.depthwise.kernels import DEPTHWISE
from sw_kernels.geometry import WeightedGeometry
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.operator import Operator
from sw_kernels.registry import KERNELS, select
from sw_kernels.weighted import WeightedLayer, requantized
from tests.sw_kernels.forms import DEPTHWISE_FORMS, FORMS, padded
from tests.sw_kernels.host import QUICK_FLAGS

#: Combinations that are compiled: every tier, every clip.
ARITHMETIC = ((Tier.NARROW, Clip.RELU), (Tier.HIGH, Clip.BOUNDS), (Tier.WIDE, Clip.INT8))
#: Further ones of the first kernel of an operator: all kernels requantize by the same source.
MORE_ARITHMETIC = ((Tier.NARROW, Clip.INT8), (Tier.WIDE, Clip.BOUNDS))
CONV_GEOMETRIES = (
    "C=32,K=8,I=4,F=3,S=1,P=1",  # the paper's shape, small
    "C=3,K=5,I=7,F=3,S=2,P=1",  # a stem: C no multiple of 4, odd everything
    "C=16,K=6,IX=5,IY=3,F=1",  # 1x1, straight from the input
    "C=20,K=3,IX=6,IY=5,F=1,SX=2,SY=3",  # 1x1 with a stride
    "C=7,K=4,IX=5,IY=4,F=1",  # 1x1 on unaligned pixels
    "C=8,K=9,IX=3,IY=6,FX=1,FY=5,PX=0,PY=2",
    "C=5,K=1,IX=9,IY=1,FX=4,FY=1,SX=3,SY=1,PX=2,PY=0",
    "C=1,K=2,I=3,F=3",  # one output pixel
    "C=1,K=1,I=1,F=1",
    "C=130,K=7,IX=2,IY=3,FX=2,FY=3,PX=1,PY=0",  # long and odd reduction
    "C=4,K=4,I=2,F=2,S=2,P=3",  # pixels wholly in the padding
    "C=6,K=2,IX=1,IY=4,FX=3,FY=2,PX=4,PY=1",  # filter wider than the input
    "C=64,K=12,I=3,F=3,S=1,P=1",
)
#: One of them, with which the forms of padding and dilation are compiled.
FORMS_ARITHMETIC = ARITHMETIC[1]
LINEAR_GEOMETRIES = (
    "C=64,K=8,T=1",
    "C=100,K=7,T=3",
    "C=1,K=1,T=1",
    "C=17,K=2,T=2",
    "C=513,K=5,T=2",
    "C=256,K=16,T=1",
    "C=18,K=9,T=7",  # fours of tokens, the last ones twice
)
GEOMETRIES = {CONV: CONV_GEOMETRIES, LINEAR: LINEAR_GEOMETRIES, DEPTHWISE: DEPTHWISE_FORMS}
WEIGHTED = [kernel for kernel in KERNELS if kernel.operator in GEOMETRIES and not kernel.depthwise]


def arithmetic_of(kernel: Kernel) -> tuple[tuple[Tier, Clip], ...]:
    """Tiers and clips with which a kernel is compiled."""
    short = ((Tier.SHORT, Clip.INT8), (Tier.SHORT, Clip.RELU), (Tier.SHORT, Clip.BOUNDS))
    first = kernel is next(other for other in WEIGHTED if other.operator is kernel.operator)
    return (*ARITHMETIC, *(MORE_ARITHMETIC if first else ()), *(short if kernel.quantizes else ()))


@pytest.fixture(scope="module")
def library() -> ctypes.CDLL:
    """All kernels in one shared library."""

    def build(job: tuple[Kernel, Arithmetic]):
        kernel, arithmetic = job
        return compile_object(kernel.source, QUICK_FLAGS, kernel.defines(arithmetic))

    jobs = [(kernel, requantized(*arithmetic)) for kernel in WEIGHTED for arithmetic in arithmetic_of(kernel)]
    jobs += [(kernel, {**requantized(*FORMS_ARITHMETIC), "WINDOW": "general"}) for kernel in select(CONV)]
    with ThreadPoolExecutor() as pool:
        objects = list(pool.map(build, jobs))
    return ctypes.CDLL(str(link_host_library("kernels", objects)))


def members_of(operator: Operator) -> list[tuple[str, type]]:
    """Members of an operator's C struct, from its header."""
    header = (operator.folder / f"{operator.name}_layer.h").read_text()
    body = header.partition(f"struct {operator.name}_layer {{")[2].partition("};")[0]
    members = []
    for kind, names in re.findall(r"^ +(?:const )?(u?int\d+)_t ([*\w, ]+);", body, re.MULTILINE):
        for name in names.split(", "):
            members.append(
                (name.lstrip("*"), ctypes.c_void_p if name[0] == "*" else getattr(ctypes, f"c_{kind}"))
            )
    return members


def shares_of(geometry: WeightedGeometry, shares: int) -> Iterator[tuple[int, ...]]:
    """The kernel's last arguments for each of that many cores."""
    if isinstance(geometry, DepthwiseGeometry):
        units = geometry.units(geometry.OY, geometry.C)
        yield from ((core, units, shares) for core in range(shares))
        return
    pixels = geometry.OX * geometry.OY if isinstance(geometry, ConvGeometry) else None
    work, step = (pixels, 1) if pixels else (geometry.K, 2)
    share = -(-work // (shares * step)) * step
    yield from ((first, min(first + share, work)) for first in range(0, work, share))


def run(library: ctypes.CDLL, layer: WeightedLayer, shares: int = 1) -> np.ndarray:
    """Run a kernel over ``shares`` consecutive ranges, as several cores would; detect every overrun."""
    guard = 64
    members: dict[str, ctypes.c_void_p | ctypes.c_int] = {}
    keep = [ctypes.create_string_buffer(content, len(content) + guard) for content in layer.arrays.values()]
    members |= {
        name: ctypes.cast(buffer, ctypes.c_void_p) for name, buffer in zip(layer.arrays, keep, strict=True)
    }
    size = layer.scratch["output"]
    output = ctypes.create_string_buffer(b"\xa5" * (size + guard), size + guard)
    members["output"] = ctypes.cast(output, ctypes.c_void_p)
    fields = members_of(layer.kernel.operator)
    struct = type("Struct", (ctypes.Structure,), {"_fields_": fields})(**members, **layer.scalars)
    function = library[layer.symbol]
    geometry = layer.seen
    assert isinstance(geometry, WeightedGeometry)
    scratch = [
        ctypes.create_string_buffer(b"\x5a" * (size + guard), size + guard) for size in layer.buffers.values()
    ]
    untouched = np.frombuffer(output.raw, np.int8)
    whole = untouched.copy()
    for share in shares_of(geometry, shares):
        output.raw = untouched.tobytes()
        function(ctypes.byref(struct), *scratch, *map(ctypes.c_uint32, share))
        after = np.frombuffer(output.raw, np.int8)
        written = after != untouched
        assert (whole[written] == untouched[written]).all(), f"{share} wrote outputs of another share"
        whole[written] = after[written]
    assert (whole[size:] == untouched[size:]).all(), "the kernel wrote past its output"
    assert all(buffer.raw[-guard:] == b"\x5a" * guard for buffer in scratch), "it wrote past its scratch"
    return layer.output_of(whole[:size].tobytes())


@pytest.mark.parametrize(
    ("kernel", "arithmetic"),
    [(kernel, arithmetic) for kernel in WEIGHTED for arithmetic in arithmetic_of(kernel)],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value),
)
def test_kernel_equals_golden(
    library: ctypes.CDLL,
    random_layer: Callable[..., WeightedLayer],
    kernel: Kernel,
    arithmetic: tuple[Tier, Clip],
) -> None:
    for text in GEOMETRIES[kernel.operator]:
        layer = random_layer(kernel.operator.geometry.parse(text), kernel, *arithmetic)
        for shares in (1, 3):
            output = run(library, layer, shares)
            assert np.array_equal(output, layer.golden()), f"{text} in {shares} shares"


@pytest.mark.parametrize("kernel", [k for k in WEIGHTED if k.operator in (CONV, DEPTHWISE)], ids=str)
def test_every_form_of_padding_and_dilation_equals_golden(
    library: ctypes.CDLL, random_layer: Callable[..., WeightedLayer], rng: np.random.Generator, kernel: Kernel
) -> None:
    for text in FORMS if kernel.operator is CONV else DEPTHWISE_FORMS:
        geometry = kernel.operator.geometry.parse(text)
        layer = padded(random_layer(geometry, kernel, *FORMS_ARITHMETIC), rng)
        for shares in (1, 3):
            output = run(library, layer, shares)
            assert np.array_equal(output, layer.golden()), f"{text} in {shares} shares"
