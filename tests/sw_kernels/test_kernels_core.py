"""Benchmark programs on the instruction-set model: the kernels' assembly against the golden models."""

from collections.abc import Callable

import numpy as np
import pytest

from hw.config import BASELINE, CONFIGS, MEMORY_MAP, XDECIMATE
from reference.requantization import Clip, Tier
from sim.elf import load_elf
from sim.iss.device import Device
from sim.iss.machine import Machine
from sim.iss.memory import Memory
from sim.iss.program import run_elf
from sw_kernels.conv.kernels import CONV
from sw_kernels.depthwise.kernels import DEPTHWISE
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.program import build_program
from sw_kernels.registry import KERNELS

MAX_STEPS = 5_000_000
#: Geometries that between them take every branch of the assembly: whole index words and each kind of tail,
#: loops of one round, im2col with and without borders, direct pixels, an odd number of pixels and channels.
GEOMETRIES = {
    CONV: (
        ("C=20,K=6,IX=5,IY=3,F=3,S=1,P=1", Tier.NARROW, Clip.RELU),
        ("C=36,K=5,I=3,F=1", Tier.HIGH, Clip.INT8),
        ("C=3,K=1,IX=4,IY=3,FX=2,FY=1,SX=2,PX=1", Tier.WIDE, Clip.BOUNDS),
        ("C=48,K=4,IX=2,IY=1,F=1", Tier.NARROW, Clip.BOUNDS),
    ),
    LINEAR: (
        ("C=100,K=7,T=2", Tier.NARROW, Clip.RELU),
        ("C=36,K=4,T=1", Tier.HIGH, Clip.INT8),
        ("C=11,K=1,T=3", Tier.WIDE, Clip.BOUNDS),
        ("C=48,K=2,T=1", Tier.NARROW, Clip.BOUNDS),
        ("C=24,K=9,T=6", Tier.NARROW, Clip.RELU),
        ("C=13,K=8,T=5", Tier.HIGH, Clip.BOUNDS),
    ),
    DEPTHWISE: (
        ("C=7,IX=8,IY=3,F=3,P=1", Tier.NARROW, Clip.RELU),
        ("C=4,IX=9,IY=6,FX=3,FY=4,SX=2,SY=1,PX=1", Tier.HIGH, Clip.INT8),
        ("C=6,IX=5,IY=4,FX=3,FY=2,PX=1,PB=1", Tier.WIDE, Clip.BOUNDS),
        ("C=5,IX=7,IY=8,FX=2,FY=5,SX=3,D=2,P=2", Tier.NARROW, Clip.BOUNDS),
    ),
}
WEIGHTED = [kernel for kernel in KERNELS if kernel.operator in GEOMETRIES and not kernel.depthwise]
#: Small ones for the C models, which take many cycles.
SMALL = {CONV: "C=5,K=3,I=3,F=2", LINEAR: "C=21,K=3", DEPTHWISE: "C=5,IX=4,IY=3,F=3,P=1"}


def run(layer: Layer, config_name: str) -> np.ndarray:
    """Output of a layer's benchmark program."""
    path = build_program(layer, CONFIGS[config_name])
    outcome = run_elf(path, CONFIGS[config_name], MAX_STEPS)
    assert outcome.exit_code == 0
    memory, symbols = outcome.machine.memory, load_elf(path).symbols
    return layer.output_of(memory.read(symbols["output"], layer.scratch["output"]))


def counts_of(layer: Layer) -> tuple[int, int]:
    """Instructions and accesses to memory of a layer's benchmark program, start and end included."""
    config = layer.kernel.core(XDECIMATE)
    machine = Machine(config, Memory((MEMORY_MAP.l1, MEMORY_MAP.l2), Device()))
    machine.load(load_elf(build_program(layer, config)))
    steps = []
    while machine.memory.exit_word is None:
        assert len(steps) < MAX_STEPS
        steps.append(machine.step().access is not None)
    return len(steps), sum(steps)


@pytest.mark.parametrize("case", range(4))
@pytest.mark.parametrize("kernel", WEIGHTED, ids=str)
def test_assembly_equals_golden(random_layer: Callable[..., Layer], kernel: Kernel, case: int) -> None:
    text, tier, clip = GEOMETRIES[kernel.operator][case]
    layer = random_layer(kernel.operator.geometry.parse(text), kernel, tier, clip)
    assert np.array_equal(run(layer, kernel.core(BASELINE).name), layer.golden())


@pytest.mark.parametrize("kernel", [k for k in WEIGHTED if not k.needs and k.m in (None, 8)], ids=str)
def test_c_models_run_on_a_plain_core(random_layer: Callable[..., Layer], kernel: Kernel) -> None:
    geometry = kernel.operator.geometry.parse(SMALL[kernel.operator])
    layer = random_layer(geometry, kernel, Tier.HIGH, Clip.INT8)
    assert np.array_equal(run(layer, "rv32im"), layer.golden())


@pytest.mark.parametrize("kernel", [k for k in WEIGHTED if k.loop and k.operator.probe], ids=str)
def test_inner_loop_has_the_instructions_and_accesses_of_its_record(
    random_layer: Callable[..., Layer], kernel: Kernel
) -> None:
    """The difference of two reductions is the inner loop alone."""
    loop, probe = kernel.loop, kernel.operator.probe
    assert loop
    assert probe
    tier = Tier.SHORT if kernel.quantizes else Tier.HIGH
    counts = [counts_of(random_layer(probe(8, c), kernel, tier, Clip.INT8)) for c in (256, 512)]
    passes = 256 * 8 * probe(8, 256).positions // (kernel.m or 1) // loop.macs
    # A third buffer holds two interleaved pixels: for every 4 channels 7 instructions, 2 loads and 2 stores
    # among them.
    words = 256 // 4 * probe(8, 256).positions // 2 if kernel.buffers == 3 else 0
    assert counts[1][0] - counts[0][0] == passes * loop.instructions + 7 * words
    assert counts[1][1] - counts[0][1] == passes * loop.accesses + 4 * words
