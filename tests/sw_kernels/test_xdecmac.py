"""Each way through the assembly of the kernels of xdecmac, on the instruction-set model."""

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, product

import numpy as np
import pytest

from bench.measure import measure
from common.errors import UserError
from hw.cluster.config import STANDARD
from hw.config import XDECMAC, XDECMAC8, CoreConfig
from reference.requantization import Clip, Tier
from sim.elf import load_elf
from sim.iss.program import run_elf
from sw_kernels.cluster.plan import plan
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.kernel import Kernel
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.packing.activations import BANDED
from sw_kernels.program import build_program
from sw_kernels.registry import kernel_named, select
from sw_kernels.weighted import WeightedLayer

MAX_STEPS = 5_000_000
CORES = (XDECMAC, XDECMAC8)
#: Runs of a reduction that the assembly has loops of their own for: one, three, any number.
ROWS = (1, 3, 2, 4)
#: Half passes of a run: one pass, one and a half, several, several and a half; 1 is filled up to a pass.
HALVES = (1, 2, 3, 4, 5)
CONVS, LINEARS = (select(operator, activations=BANDED) for operator in (CONV, LINEAR))


def run(layer: WeightedLayer) -> np.ndarray:
    core = layer.kernel.core(XDECMAC)
    path = build_program(layer, core)
    outcome = run_elf(path, core, MAX_STEPS)
    assert outcome.exit_code == 0
    content = outcome.machine.memory.read(load_elf(path).symbols["output"], layer.scratch["output"])
    return layer.output_of(content)


def half_pass(kernel: Kernel) -> int:
    """Dense weights of half a pass."""
    assert kernel.loop
    return 2 * kernel.loop.rounds * (kernel.m or 1)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("kernel", CONVS, ids=str)
def test_all_runs_and_passes_with_xdecq(
    random_layer: Callable[..., WeightedLayer], kernel: Kernel, rows: int
) -> None:
    for halves, clip in zip(HALVES, cycle(Clip), strict=False):
        c = half_pass(kernel) * halves
        geometry = ConvGeometry(C=c, K=3, IX=halves % 3 + 1, IY=rows + 4, FX=1, FY=rows)
        layer = random_layer(geometry, kernel, Tier.SHORT, clip)
        assert np.array_equal(run(layer), layer.golden()), str(layer)


@pytest.mark.parametrize("kernel", CONVS, ids=str)
def test_all_runs_and_passes_with_exact_requantization(
    random_layer: Callable[..., WeightedLayer], kernel: Kernel
) -> None:
    tiers = cycle([Tier.NARROW, Tier.HIGH, Tier.WIDE])
    for (halves, rows), tier in zip(product((2, 5), ROWS), tiers, strict=False):
        geometry = ConvGeometry(C=half_pass(kernel) * halves - 1, K=2, IX=2, IY=rows + 1, FX=1, FY=rows)
        layer = random_layer(geometry, kernel, tier, Clip.BOUNDS)
        assert np.array_equal(run(layer), layer.golden()), str(layer)


@pytest.mark.parametrize("kernel", LINEARS, ids=str)
def test_tokens_with_xdecq(random_layer: Callable[..., WeightedLayer], kernel: Kernel) -> None:
    for text, clip in (("C=64,K=5,T=9", Clip.INT8), ("C=90,K=2,T=3", Clip.BOUNDS), ("C=1,K=1", Clip.RELU)):
        layer = random_layer(LinearGeometry.parse(text), kernel, Tier.SHORT, clip)
        assert np.array_equal(run(layer), layer.golden()), str(layer)


@pytest.mark.parametrize("core", CORES, ids=lambda core: core.name)
def test_the_rtl_equals_golden(random_layer: Callable[..., WeightedLayer], core: CoreConfig) -> None:
    forms = (("C=20,K=6,IX=5,IY=9,F=3,P=1,S=2", Tier.SHORT), ("C=9,K=2,IX=3,IY=5,F=2", Tier.HIGH))
    layers = [
        random_layer(ConvGeometry.parse(text), kernel, tier, Clip.RELU)
        for kernel, (text, tier) in product(CONVS, forms)
        if kernel.runs_on(core)
    ]
    layers += [
        random_layer(LinearGeometry(C=100, K=4, T=9), kernel, Tier.SHORT, Clip.INT8)
        for kernel in LINEARS
        if kernel.runs_on(core)
    ]
    measurements, _ = measure(core, layers)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)


@pytest.mark.parametrize("core", CORES, ids=lambda core: core.name)
def test_cycles_of_the_inner_loops(core: CoreConfig) -> None:
    """A word of the port in every cycle: what a longer reduction costs a channel of all positions."""
    kernels = [kernel for kernel in LINEARS if kernel.runs_on(core)]
    geometries = [LinearGeometry(C=c, K=4, T=kernels[0].positions) for c in (512, 1024)]
    layers = [kernel.random_layer(geometry, 1) for kernel in kernels for geometry in geometries]
    cycles = [result.cycles for result in measure(core, layers)[0]]
    for kernel, short, long in zip(kernels, cycles[::2], cycles[1::2], strict=True):
        assert kernel.loop
        passes = 4 * 512 // (kernel.m or 1) // (4 * kernel.loop.rounds)
        assert long - short == passes * kernel.loop.instructions, str(kernel)


def test_a_walk_that_moves_another_layout() -> None:
    kernel = replace(CONVS[0], own_walk=None)
    layer = kernel.random_layer(CONV.small, 1)
    with pytest.raises(UserError, match="in the layout banded, but on a cluster layers"):
        plan(layer, STANDARD)


def test_short_requantization_needs_xdecq(random_layer: Callable[..., WeightedLayer]) -> None:
    other = kernel_named(CONV, "dense_4x2")
    with pytest.raises(UserError, match="the kernel cannot requantize with 16-bit multipliers"):
        random_layer(CONV.small, other, Tier.SHORT, Clip.INT8)


def test_the_counter_limits_dense_reductions_too() -> None:
    with pytest.raises(UserError, match="counts at most 32768 blocks per channel, or 32768 weights"):
        LINEARS[0].random_layer(LinearGeometry(C=32769, K=1), 1)
