"""Cuts for operands in L3: those that take fewer cycles there."""

import pytest

from hw.cluster.config import STANDARD
from sw_kernels.cluster.plan import plan
from sw_kernels.cluster.supply import Supply
from sw_kernels.kernel import Kernel
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.registry import kernel_named

FAR = frozenset({"input", "weights", "output"})
SPARSE, DENSE = kernel_named(LINEAR, "sparse_xdecimate", 4), kernel_named(LINEAR, "dense_4x4")


@pytest.mark.parametrize(("beats", "cycles"), [(16, 103 / 16), (32, 4.0)])
def test_the_dma_waits_for_l3_with_few_requests(beats: int, cycles: float) -> None:
    """With 16 beats on their way, a latency of 100 cycles takes longer than L3's 4 cycles a beat."""
    supply = Supply(config=STANDARD.with_(dma_beats=beats), far={"weights"})
    assert supply.cycles("weights", 8) == cycles
    assert supply.cycles("input", 8) == 1


def far_cycles(kernel: Kernel, text: str) -> tuple[float, float]:
    """Predicted cycles with operands in L3, of the cut for operands in L2 and of that for L3."""
    layer = kernel.random_layer(LinearGeometry.parse(text), 1)
    supply = Supply(config=STANDARD, far=FAR)
    cuts = plan(layer, STANDARD), plan(layer, STANDARD, far=FAR)
    near, far = (LINEAR.walk.cycles(layer, cut, STANDARD, supply) for cut in cuts)
    return near, far


@pytest.mark.parametrize("text", ["C=256,K=256,T=1", "C=64,K=512,T=1"])
def test_a_cut_suits_the_memories(text: str) -> None:
    near, far = far_cycles(SPARSE, text)
    assert far < 0.95 * near


@pytest.mark.parametrize("text", ["C=64,K=256,T=4", "C=512,K=512,T=4"])
def test_a_cut_that_only_the_estimate_prefers_is_not_taken(text: str) -> None:
    near, far = far_cycles(DENSE, text)
    assert far == near


def test_weights_of_several_tiles_come_again_for_each_strip() -> None:
    layer = DENSE.random_layer(LinearGeometry(C=224, K=13, T=6), 1)
    near, far = (Supply(config=STANDARD, far=where) for where in (set(), {"weights"}))
    (cuts,) = LINEAR.walk.fallbacks(layer, STANDARD)
    checked = set()
    for cut in cuts:
        several = len(cut.tiles) > 1
        bytes_of = [tile.bytes for tile in cut.tiles] * (cut.strips if several else 1)
        longer = sum(far.cycles("weights", size) - near.cycles("weights", size) for size in bytes_of)
        near_cycles, far_cycles = (LINEAR.walk.cycles(layer, cut, STANDARD, supply) for supply in (near, far))
        assert far_cycles - near_cycles == pytest.approx(longer)
        checked.add((several, cut.strips > 1))
    assert checked == {(False, False), (False, True), (True, False), (True, True)}
