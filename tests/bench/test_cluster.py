"""Layers on the cluster: every kernel and cut against NumPy, and that no cycle is lost from the breakdown."""

import pytest

from bench.cluster import CAUSES, measure_on_cluster
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.plan import plan
from sw_kernels.cluster.program import memory_of
from sw_kernels.cluster.weighted_walk import tiled_weights
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.kernel import Kernel
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.registry import kernel_named, select
from sw_kernels.weighted import WeightedLayer

CONFIG = ClusterConfig()
WEIGHTED: list[Kernel] = [*select(CONV), *select(LINEAR)]
#: Odd sizes, borders, several strips and tiles of uneven sizes, more cores than pixel pairs or channels.
CONVS = (
    "C=5,K=7,IX=5,IY=3,F=3,S=1,P=1",
    "C=24,K=10,IX=9,IY=7,FX=3,FY=2,SX=2,SY=1,PX=1,PY=0",
    "C=64,K=303,IX=3,IY=2,F=3,P=1",
    "C=128,K=3,IX=32,IY=27,F=1,S=1",
    "C=8,K=5,IX=4,IY=3,F=1",
)
LINEARS = ("C=100,K=7,T=2", "C=36,K=1", "C=512,K=161", "C=64,K=24,T=19")


def layers() -> list[WeightedLayer]:
    """Every kernel at least once, every geometry with several."""
    chosen = []
    for number, kernel in enumerate(WEIGHTED):
        texts = CONVS if kernel.operator is CONV else LINEARS
        for turn in range(2):
            geometry = kernel.operator.geometry.parse(texts[(2 * number + turn) % len(texts)])
            layer = kernel.random_layer(geometry, seed=number)
            assert isinstance(layer, WeightedLayer)
            chosen.append(layer)
    return chosen


def test_every_kernel_matches_golden_and_every_cycle_is_accounted_for():
    chosen = layers()
    assert {str(layer.geometry) for layer in chosen} == {
        *(str(ConvGeometry.parse(text)) for text in CONVS),
        *(str(LinearGeometry.parse(text)) for text in LINEARS),
    }
    measurements, _ = measure_on_cluster(CONFIG, chosen)
    pairs = zip(chosen, measurements, strict=True)
    wrong = [str(layer) for layer, result in pairs if not result.matches_golden]
    assert wrong == []
    assert any(result.plan.strips > 1 for result in measurements)
    assert any(len(result.plan.tiles) > 1 for result in measurements)
    for result in measurements:
        assert set(result.breakdown) == set(CAUSES)
        assert sum(result.breakdown.values()) == pytest.approx(1)
        assert -0.001 <= result.breakdown["other"] < 0.6


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
    dense = kernel_named(LINEAR, "dense")
    assert [memory_of(dense.random_layer(geometry, 1)) for geometry in (small, large)] == ["l2", "l3"]


def test_an_instruction_a_cycle_is_the_tighter_limit_of_every_loop():
    loops = [kernel.loop for kernel in WEIGHTED if kernel.loop]
    assert len(loops) == len(WEIGHTED)
    for loop in loops:
        assert loop.issue_limit < loop.intensity
