"""Depthwise convolutions: the inner loop's cost, forms on the RTL, cuts for clusters, what cannot be."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench.cluster import measure_on_cluster
from bench.measure import measure
from common.errors import UserError
from hw.cluster.config import SMALL, STANDARD
from hw.config import RV32IM, XDECIMATE
from reference.requantization import Clip, Tier
from sw_kernels.cluster.plan import plan
from sw_kernels.depthwise.geometry import DepthwiseGeometry
from sw_kernels.depthwise.kernels import KERNELS
from sw_kernels.window import WindowLayer
from tests.sw_kernels.cuts import wrong_cuts
from tests.sw_kernels.forms import DEPTHWISE_FORMS, padded
from tests.sw_kernels.test_kernels_core import counts_of

(KERNEL,) = KERNELS
#: For a cluster: several strips, several tiles of channels (the last one no whole quad), idle cores.
LARGE = (
    "C=64,IX=48,IY=31,F=3,P=1",
    "C=1027,IX=24,IY=3,F=3,P=1",
    "C=333,IX=40,IY=9,F=3,S=2,P=0,PR=1,PB=1",
    "C=5,IX=30,IY=1,FX=9,FY=1,PX=4",
)
#: Small ones for every cut; the first and last strips of the second see nothing but padding.
CUT = ("C=11,IX=6,IY=7,F=3,P=1", "C=6,IX=5,IY=4,FX=2,FY=5,PX=1,PY=12,PB=9,SY=2")


def layer_of(text: str, rng: np.random.Generator) -> WindowLayer:
    return padded(KERNEL.random_layer(DepthwiseGeometry.parse(text), seed=4), rng)


def test_a_column_costs_the_transposition_and_a_pass_of_the_loop_for_each_channel(
    random_layer: Callable[..., WindowLayer],
) -> None:
    """The difference of two widths."""
    loop, widths = KERNEL.loop, (35, 65)
    assert loop
    geometries = [DepthwiseGeometry(C=4, IX=width, IY=2, FX=3, FY=3, PX=1, PY=1) for width in widths]
    assert [geometry.group for geometry in geometries] == [2, 2]
    counts = [counts_of(random_layer(geometry, KERNEL, Tier.HIGH, Clip.INT8)) for geometry in geometries]
    columns = widths[1] - widths[0]
    assert counts[1][0] - counts[0][0] == columns * (18 + 4 * loop.instructions)
    assert counts[1][1] - counts[0][1] == columns * (8 + 4 * loop.accesses)


def test_the_rtl_equals_golden(rng: np.random.Generator) -> None:
    layers = [layer_of(text, rng) for text in DEPTHWISE_FORMS]
    assert [result.matches_golden for result in measure(XDECIMATE, layers)[0]] == [True] * len(layers)


def test_every_arithmetic_of_every_loop_equals_golden(random_layer: Callable[..., WindowLayer]) -> None:
    """Two rows at once, one row of three columns, any filter."""
    geometries = [DepthwiseGeometry.parse(DEPTHWISE_FORMS[number]) for number in (1, 5, 9)]
    layers = [
        random_layer(geometry, KERNEL, tier, clip)
        for geometry in geometries
        for tier in (Tier.NARROW, Tier.HIGH, Tier.WIDE)
        for clip in Clip
    ]
    results = zip(layers, measure(XDECIMATE, layers)[0], strict=True)
    assert [layer.symbol for layer, result in results if not result.matches_golden] == []


def test_a_core_without_the_extensions_computes_it(rng: np.random.Generator) -> None:
    layers = [layer_of(text, rng) for text in DEPTHWISE_FORMS[1:7:5]]
    assert [result.matches_golden for result in measure(RV32IM, layers)[0]] == [True] * len(layers)


def test_clusters_equal_golden(rng: np.random.Generator) -> None:
    layers = [layer_of(text, rng) for text in LARGE]
    cuts = [plan(layer, STANDARD) for layer in layers]
    assert any(cut.strips > 2 for cut in cuts)
    assert any(len(cut.tiles) > 2 for cut in cuts)
    measurements, _ = measure_on_cluster(STANDARD, layers, processes=1)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)


@pytest.mark.long
@pytest.mark.parametrize("text", CUT)
def test_every_cut_equals_golden(
    text: str, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = layer_of(text, rng)
    cuts = list(KERNEL.operator.walk.plans(layer, SMALL))
    assert any(cut.strips > 2 and len(cut.tiles) > 1 for cut in cuts)
    assert wrong_cuts(layer, cuts, SMALL, monkeypatch) == []


def test_wrong_padding_is_seen(rng: np.random.Generator) -> None:
    layer = layer_of("C=6,I=7,F=3,P=1", rng)
    (result,) = measure(XDECIMATE, [layer])[0]
    assert result.matches_golden
    assert not np.array_equal(result.output, replace(layer, pad_value=0).golden())
    moved = replace(layer.geometry, PX=2, PR=0)
    assert not np.array_equal(result.output, replace(layer, geometry=moved).golden())


def test_macs_and_dimensions() -> None:
    geometry = DepthwiseGeometry.parse("C=64,I=16,F=3,P=1")
    assert str(geometry) == "C=64,IX=16,IY=16,FX=3,FY=3,SX=1,SY=1,PX=1,PY=1"
    assert geometry.macs == 16 * 16 * 64 * 9
    with pytest.raises(UserError, match="K must be C of a depthwise convolution, 64, not 128"):
        DepthwiseGeometry.parse("C=64,K=128,I=16,F=3")
