"""Layers on the cluster: every kernel and cut against NumPy, and that no cycle is lost from the breakdown."""

import pytest

from bench.cluster import CAUSES, measure_on_cluster
from bench.layers import random_layer
from bench.roofline import loop_of
from common.errors import UserError
from hw.config import ClusterConfig
from sw_kernels.cluster.plan import plan
from sw_kernels.cluster.program import memory_of, tiled_weights
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.layer import Layer
from sw_kernels.variants import VARIANTS, variant_named

CONFIG = ClusterConfig()
#: Odd sizes, borders, several strips and tiles of uneven sizes, more cores than pixel pairs or channels.
CONVS = (
    "C=5,K=7,IX=5,IY=3,F=3,S=1,P=1",
    "C=24,K=10,IX=9,IY=7,FX=3,FY=2,SX=2,SY=1,PX=1,PY=0",
    "C=64,K=303,IX=3,IY=2,F=3,P=1",
    "C=128,K=3,IX=32,IY=27,F=1,S=1",
    "C=8,K=5,IX=4,IY=3,F=1",
)
LINEARS = ("C=100,K=7,T=2", "C=36,K=1", "C=512,K=161", "C=64,K=24,T=19")


def layers() -> list[Layer]:
    """Every variant at least once, every geometry with several."""
    chosen = []
    for number, variant in enumerate(VARIANTS):
        texts = CONVS if variant.kernel == "conv" else LINEARS
        kind = ConvGeometry if variant.kernel == "conv" else LinearGeometry
        for turn in range(2):
            geometry = kind.parse(texts[(2 * number + turn) % len(texts)])
            chosen.append(random_layer(geometry, variant, seed=number))
    return chosen


def test_every_kernel_matches_golden_and_every_cycle_is_accounted_for():
    chosen = layers()
    assert {str(layer.geometry) for layer in chosen} == {
        *(str(ConvGeometry.parse(text)) for text in CONVS),
        *(str(LinearGeometry.parse(text)) for text in LINEARS),
    }
    measurements, _ = measure_on_cluster(CONFIG, chosen, processes=1)
    pairs = zip(chosen, measurements, strict=True)
    wrong = [f"{layer.variant} {layer.geometry}" for layer, result in pairs if not result.matches_golden]
    assert wrong == []
    assert any(result.plan.strips > 1 for result in measurements)
    assert any(len(result.plan.tiles) > 1 for result in measurements)
    for result in measurements:
        assert set(result.breakdown) == set(CAUSES)
        assert sum(result.breakdown.values()) == pytest.approx(1)
        assert -0.001 <= result.breakdown["other"] < 0.6


def test_what_does_not_fit_is_said_with_sizes():
    layer = random_layer(ConvGeometry.parse("C=512,K=16,I=8,F=5,P=2"), variant_named("conv", "dense_4x2"), 1)
    with pytest.raises(UserError, match=r"does not fit an L1 of 131072 bytes.*private 2\d{5}.*8 stacks"):
        plan(layer, CONFIG)
    assert plan(layer, ClusterConfig(l1_bytes=1 << 20)).cycles > 0


def test_plans_fit_and_their_tiles_hold_all_weights():
    for layer in layers():
        cut = plan(layer, CONFIG)
        assert sum(cut.buffers.values()) < CONFIG.l1_bytes
        channels = [c for tile in cut.tiles for c in range(tile.first, tile.first + tile.channels)]
        assert channels == list(range(layer.geometry.K))
        blob = tiled_weights(layer, cut)
        assert len(blob) == sum(tile.bytes for tile in cut.tiles)


def test_large_layers_lie_in_l3():
    small, large = (LinearGeometry(C=1024, K=k) for k in (64, 2048))
    dense = variant_named("linear", "dense")
    assert [memory_of(random_layer(geometry, dense, 1)) for geometry in (small, large)] == ["l2", "l3"]


def test_every_variant_has_a_roofline():
    for variant in VARIANTS:
        loop = loop_of(variant)
        assert loop.issue_limit < loop.intensity
