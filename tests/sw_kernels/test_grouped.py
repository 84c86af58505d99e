"""Grouped convolutions: golden against a convolution of each group, every cut on clusters."""

import numpy as np
import pytest

from bench.cluster import measure_on_cluster
from common.errors import UserError
from hw.cluster.config import SMALL, STANDARD
from reference.conv import accumulate_conv
from reference.window import Window
from sw_kernels.cluster.plan import plan
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.conv.walk import ConvWalk
from sw_kernels.program import build_program
from sw_kernels.registry import kernel_named, select
from tests.sw_kernels.cuts import wrong_cuts
from tests.sw_kernels.forms import padded

#: Whole groups and parts of them in a tile, strips, odd channels, one weight, dilation, a stride.
FORMS = (
    "C=12,K=8,G=4,I=5,F=3,P=1",
    "C=6,K=10,G=2,IX=7,IY=6,F=3,PX=2,PY=0,PB=1,D=2,S=2",
    "C=8,K=24,G=8,IX=9,IY=5,F=1",
    "C=64,K=64,G=2,I=6,F=1",
    "C=5,K=10,G=5,IX=6,IY=1,FX=3,FY=1,PX=1,PR=0",
)
LARGE = ("C=128,K=128,G=32,IX=20,IY=12,FX=1,FY=3,PX=0,PY=1", "C=256,K=256,G=2,I=6,F=3,P=1")


def test_golden_is_a_convolution_of_each_group(rng: np.random.Generator):
    inputs = rng.integers(-128, 128, (5, 4, 6)).astype(np.int8)
    weights = rng.integers(-128, 128, (9, 2, 3, 2)).astype(np.int8)
    bias = rng.integers(-999, 999, 9).astype(np.int32)
    window = Window(padding=(1, 0, 1, 1), pad_value=7)
    found = accumulate_conv(inputs, weights, bias, window, groups=3)
    for group in range(3):
        part = slice(3 * group, 3 * group + 3)
        seen = np.ascontiguousarray(inputs[..., 2 * group : 2 * group + 2])
        assert np.array_equal(found[..., part], accumulate_conv(seen, weights[part], bias[part], window))


@pytest.mark.long
def test_clusters_equal_golden(rng: np.random.Generator):
    kernels = select(CONV)
    texts = [*FORMS, *LARGE]
    layers = [
        padded(kernels[(2 * number) % len(kernels)].random_layer(ConvGeometry.parse(text), seed=3), rng)
        for number, text in enumerate(texts)
    ]
    cuts = [plan(layer, STANDARD) for layer in layers]
    assert [cut.strips for cut in cuts[-len(LARGE) :]] == [3, 3]
    assert max(len(cut.tiles) for cut in cuts) > 2
    measurements, _ = measure_on_cluster(STANDARD, layers, processes=1)
    pairs = zip(texts, measurements, strict=True)
    assert [text for text, result in pairs if not result.matches_golden] == []


def test_every_cut_equals_golden(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch):
    """Tiles of whole groups and of parts of one, several strips."""
    layer = padded(kernel_named(CONV, "dense_4x2").random_layer(ConvGeometry.parse(FORMS[1]), seed=3), rng)
    assert isinstance(layer, ConvLayer)
    cuts = list(ConvWalk().plans(layer, SMALL))
    assert {cut.tiles[0].channels for cut in cuts} == {10, 5, 4}
    assert wrong_cuts(layer, cuts, SMALL, monkeypatch) == []


def test_what_is_refused():
    with pytest.raises(UserError, match=r"C=6 and K=8 must be multiples of the number of groups, 4"):
        ConvGeometry.parse("C=6,K=8,G=4,I=3,F=1")
    layer = kernel_named(CONV, "dense_4x2").random_layer(ConvGeometry.parse(FORMS[0]), seed=1)
    with pytest.raises(UserError, match=r"one group of channels, not 4; measure it .* one core: --cores 1"):
        build_program(layer, STANDARD.core)
