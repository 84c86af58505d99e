"""Benchmark programs on the instruction-set model: the kernels' assembly against the golden models."""

from collections.abc import Callable

import numpy as np
import pytest

from hw.config import CONFIGS
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.layer import Layer
from sw_kernels.program import build_program
from sw_kernels.requantization import Clip, Tier
from sw_kernels.variants import VARIANTS, Variant
from verif.elf import load_elf
from verif.iss.program import run_elf

MAX_STEPS = 5_000_000
#: Geometries that between them take every branch of the assembly: whole index words and each kind of tail,
#: loops of one round, im2col with and without borders, direct pixels, an odd number of pixels and channels.
CONV_GEOMETRIES = (
    ("C=20,K=6,IX=5,IY=3,F=3,S=1,P=1", Tier.NARROW, Clip.RELU),
    ("C=36,K=5,I=3,F=1", Tier.HIGH, Clip.INT8),
    ("C=3,K=1,IX=4,IY=3,FX=2,FY=1,SX=2,PX=1", Tier.WIDE, Clip.BOUNDS),
    ("C=48,K=4,IX=2,IY=1,F=1", Tier.NARROW, Clip.BOUNDS),
)
LINEAR_GEOMETRIES = (
    ("C=100,K=7,T=2", Tier.NARROW, Clip.RELU),
    ("C=36,K=4,T=1", Tier.HIGH, Clip.INT8),
    ("C=11,K=1,T=3", Tier.WIDE, Clip.BOUNDS),
    ("C=48,K=2,T=1", Tier.NARROW, Clip.BOUNDS),
)


def run(layer: Layer, config_name: str) -> tuple[np.ndarray, int]:
    """Output and counted instructions of a layer's benchmark program."""
    path = build_program(layer, config_name)
    outcome = run_elf(path, CONFIGS[config_name], MAX_STEPS)
    assert outcome.exit_code == 0
    memory, symbols = outcome.machine.memory, load_elf(path).symbols
    output = np.frombuffer(memory.read(symbols["output"], layer.scratch["output"]), np.int8)
    instructions = int.from_bytes(memory.read(symbols["result_instructions"], 4), "little")
    return output.reshape(layer.geometry.output_shape), instructions


@pytest.mark.parametrize("case", range(4))
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_assembly_equals_golden(
    random_layer: Callable[..., Layer], expected: Callable[[Layer], np.ndarray], variant: Variant, case: int
) -> None:
    if variant.kernel == "conv":
        text, tier, clip = CONV_GEOMETRIES[case]
        geometry = ConvGeometry.parse(text)
    else:
        text, tier, clip = LINEAR_GEOMETRIES[case]
        geometry = LinearGeometry.parse(text)
    layer = random_layer(geometry, variant, tier, clip)
    config = "xdecimate" if variant.needs_xdecimate else "baseline"
    assert np.array_equal(run(layer, config)[0], expected(layer))


@pytest.mark.parametrize(
    "variant", [v for v in VARIANTS if not v.needs_xdecimate and v.m in (None, 8)], ids=str
)
def test_c_models_run_on_a_plain_core(
    random_layer: Callable[..., Layer], expected: Callable[[Layer], np.ndarray], variant: Variant
) -> None:
    conv = variant.kernel == "conv"
    geometry = ConvGeometry.parse("C=5,K=3,I=3,F=2") if conv else LinearGeometry.parse("C=21,K=3")
    layer = random_layer(geometry, variant, Tier.HIGH, Clip.INT8)
    assert np.array_equal(run(layer, "rv32im")[0], expected(layer))


#: Instructions of the inner loop for a longer reduction: kernel, variant, M: (instructions, dense weights).
INNER_LOOPS = {
    ("conv", "dense_4x2", None): (14 * 2, 4),  # eight channels, so two groups of filters
    ("conv", "dense_1x2", None): (5 * 8, 4),
    ("conv", "sparse_software", 4): (74 * 8, 64),
    ("conv", "sparse_software", 8): (38 * 8, 64),
    ("conv", "sparse_software", 16): (38 * 8, 128),
    ("conv", "sparse_xdecimate", 4): (23 * 8, 32),
    ("conv", "sparse_xdecimate", 8): (12 * 8, 32),
    ("conv", "sparse_xdecimate", 16): (12 * 8, 64),
    ("linear", "dense", None): (5 * 4, 4),
    ("linear", "sparse_software", 4): (61 * 8, 64),
    ("linear", "sparse_software", 8): (31 * 8, 64),
    ("linear", "sparse_software", 16): (31 * 8, 128),
    ("linear", "sparse_xdecimate", 4): (25 * 4, 32),
    ("linear", "sparse_xdecimate", 8): (13 * 4, 32),
    ("linear", "sparse_xdecimate", 16): (13 * 4, 64),
}


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_inner_loop_has_as_many_instructions_as_its_comment_says(
    random_layer: Callable[..., Layer], variant: Variant
) -> None:
    """What two reductions differ by is the inner loop alone; im2col is left out by a 1x1 filter."""
    instructions, weights = INNER_LOOPS[variant.kernel, variant.name, variant.m]
    counts = []
    for rounds in (2, 4):
        c = rounds * max(weights, 32)
        conv = variant.kernel == "conv"
        geometry = ConvGeometry(C=c, K=8, IX=2, IY=1, FX=1, FY=1) if conv else LinearGeometry(C=c, K=8)
        layer = random_layer(geometry, variant, Tier.HIGH, Clip.INT8)
        counts.append(run(layer, "xdecimate")[1])
    # Interleaving two pixels: 7 instructions for every 4 channels.
    interleaving = 7 / 4 if (variant.kernel, variant.name) == ("conv", "sparse_software") else 0
    step = 2 * max(weights, 32)
    assert counts[1] - counts[0] == instructions * step / weights + interleaving * step
