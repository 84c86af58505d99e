"""Banded activations: exact layout, round trips, and what xdecmac finds in them."""

import numpy as np
import pytest

from common.errors import UserError
from reference.conv import accumulate_conv
from reference.decmac import LANES, Decmac
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.matmul.kernels import MATMUL
from sw_kernels.packing.activations import BANDED, HWC
from sw_kernels.packing.bands import Bands
from sw_kernels.registry import select
from tests.sw_kernels.forms import FORMS, padded

#: Odd heights, fewer rows than bands, strides, and each form of padding and dilation.
GEOMETRIES = (*FORMS, "C=3,K=2,IX=4,IY=13,F=3,P=1", "C=2,K=5,IX=3,IY=17,F=3,P=1,S=2", "C=4,K=3,I=1,F=1")


def test_bands_by_hand() -> None:
    """Five rows in bands of two output rows, with a row of halo at either side."""
    image = np.arange(10, 15, dtype=np.int8).reshape(5, 1, 1)
    bands = ConvGeometry(C=1, K=1, IX=1, IY=5, FX=3, FY=3, PX=1, PY=1).input_bands
    assert bands == Bands(rows=4, band_step=2, top=1, left=1, right=1)
    words = bands.pack(image, padding=-7)
    assert words.shape == (4, 3, 1, 4)
    assert (words[:, [0, 2]] == -7).all()
    assert words[:, 1, 0].tolist() == [[-7, 11, 13, -7], [10, 12, 14, -7], [11, 13, -7, -7], [12, 14, -7, -7]]


def test_tokens_by_hand() -> None:
    tokens = np.arange(12, dtype=np.int8).reshape(6, 2)
    content = BANDED.pack(tokens, LinearGeometry(C=2, K=3, T=6), padding=0)
    assert [*content] == [0, 4, 8, 0, 1, 5, 9, 0, 2, 6, 10, 0, 3, 7, 11, 0]
    assert BANDED.seen(LinearGeometry(C=2, K=3, T=6)) == LinearGeometry(C=2, K=3, T=2)


def test_geometries_without_bands() -> None:
    kernel = select(MATMUL)[0]
    layer = kernel.random_layer(MATMUL.small, 1)
    with pytest.raises(UserError, match="no MatmulGeometry can be banded"):
        BANDED.seen(layer.geometry)


def test_each_weight_position_of_a_group_is_a_run() -> None:
    assert ConvGeometry.parse("C=4,K=4,I=3,FX=2,FY=3").runs == 3
    assert ConvGeometry.parse("C=4,K=4,I=3,FX=2,FY=3,G=2").runs == 6


def bases(layer: ConvLayer) -> list[int]:
    """Distance in bytes of each run's base from the first one's, as the instruction's counter runs on."""
    band, runs = layer.geometry.band, layer.runs
    assert isinstance(band, ConvGeometry)
    blocks, m = layer.rows.shape[1] // runs, layer.kernel.m or 1
    found = []
    for run in range(runs):
        row, column = divmod(run, runs // band.FY)
        place = row * band.DY * band.IX * band.C + column * band.DX * band.C
        first = run * (band.reduction // runs) % m
        found.append(4 * (place - first - m * run * blocks))
    return found


@pytest.mark.parametrize("text", GEOMETRIES)
@pytest.mark.parametrize("kernel", [*select(CONV, "dense_xdecmac"), *select(CONV, "sparse_xdecmac")], ids=str)
def test_the_instruction_finds_the_activations(rng: np.random.Generator, kernel: Kernel, text: str) -> None:
    """On the packed operands it accumulates what the golden convolution does, and reads nothing outside."""
    layer = padded(kernel.random_layer(ConvGeometry.parse(text), seed=5), rng)
    assert isinstance(layer, ConvLayer)
    band, content = layer.geometry.band, layer.arrays["input"]
    assert isinstance(band, ConvGeometry)
    expected = accumulate_conv(layer.inputs, layer.weights, layer.bias, layer.window)
    runs, per_word = layer.runs, 16 if kernel.m == 4 else 8
    indices = None if layer.packed is None else layer.packed.indices.reshape(len(layer.rows), runs, -1)
    weights = layer.rows.reshape(len(layer.rows), runs, -1, LANES)
    found = np.zeros((band.OY, band.OX, band.K, LANES), np.int32)

    def load(address: int) -> int:
        assert 0 <= address <= len(content) - 4
        return int.from_bytes(content[address : address + 4], "little")

    for oy, ox, k in np.ndindex(band.OY, band.OX, band.K):
        unit = Decmac()
        start = 4 * (oy * band.SY * band.IX + ox * band.SX) * band.C
        for run, base in enumerate(bases(layer)):
            for block in range(4 * weights.shape[2]):
                word = 0 if indices is None else int(indices[k, run, block // per_word])
                four = int(weights[k, run, block // 4].copy().view("<u4")[0])
                unit.multiply(kernel.m or 1, four, start + base & 0xFFFF_FFFF, word, load)
        found[oy, ox, k] = unit.accumulators
    rows = [found[row % band.OY, :, :, row // band.OY] for row in range(layer.geometry.OY)]
    assert np.array_equal(np.stack(rows), expected)


def check_runs(geometry: Geometry, runs: int) -> None:
    assert BANDED.runs(geometry) == runs
    assert HWC.runs(geometry) == 1


def test_runs_are_rows_unless_there_is_dilation() -> None:
    check_runs(ConvGeometry.parse("C=4,K=1,I=9,FX=3,FY=5"), 5)
    check_runs(ConvGeometry.parse("C=4,K=1,I=9,FX=3,FY=2,DY=2"), 2)
    check_runs(ConvGeometry.parse("C=4,K=1,I=9,FX=3,FY=2,DX=2"), 6)
    check_runs(ConvGeometry.parse("C=4,K=1,I=9,FX=1,FY=2,DX=2"), 2)
    check_runs(LinearGeometry(C=9, K=2, T=5), 1)
