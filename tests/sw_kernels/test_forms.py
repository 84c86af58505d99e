"""Forms of padding and dilation on the instruction-set model, on the RTL of the core and on clusters."""

from dataclasses import replace

import numpy as np
import pytest

from bench.cluster import measure_on_cluster
from bench.measure import measure
from hw.cluster.config import STANDARD
from hw.config import XDECIMATE
from sim.elf import load_elf
from sim.iss.program import run_elf
from sw_kernels.cluster.plan import plan
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.kernel import Kernel
from sw_kernels.program import build_program
from sw_kernels.registry import select
from sw_kernels.window import WindowLayer
from tests.sw_kernels.forms import FORMS, padded

KERNELS = select(CONV)
#: Several strips, of which the first and the last see nothing but padding.
LARGE = "C=128,K=5,IX=32,IY=27,FX=2,FY=2,PX=0,PR=1,PY=8,PB=9,DY=3,SY=2"


def layer_of(kernel: Kernel, text: str, rng: np.random.Generator) -> WindowLayer:
    return padded(kernel.random_layer(kernel.operator.geometry.parse(text), seed=3), rng)


@pytest.mark.parametrize("number", range(len(KERNELS)), ids=lambda number: str(KERNELS[number]))
def test_the_assembly_equals_golden(number: int, rng: np.random.Generator) -> None:
    for turn in range(3):
        layer = layer_of(KERNELS[number], FORMS[(3 * number + turn) % len(FORMS)], rng)
        path = build_program(layer, XDECIMATE)
        outcome = run_elf(path, XDECIMATE, 5_000_000)
        assert outcome.exit_code == 0
        symbols = load_elf(path).symbols
        output = outcome.machine.memory.read(symbols["output"], layer.scratch["output"])
        assert output == layer.golden().tobytes(), str(layer)


def test_the_rtl_equals_golden(rng: np.random.Generator) -> None:
    layers = [layer_of(KERNELS[n % len(KERNELS)], text, rng) for n, text in enumerate(FORMS)]
    measurements, _ = measure(XDECIMATE, layers)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)


def test_clusters_equal_golden(rng: np.random.Generator) -> None:
    layers = [layer_of(KERNELS[(n + 3) % len(KERNELS)], text, rng) for n, text in enumerate((*FORMS, LARGE))]
    assert plan(layers[-1], STANDARD).strips > 1
    measurements, _ = measure_on_cluster(STANDARD, layers, processes=1)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)


@pytest.mark.parametrize(
    "change", [{"PX": 1, "PR": 2}, {"PY": 1, "PB": 2}, {"DX": 1, "PR": 0}, {"DY": 1, "PB": 0}]
)
def test_a_wrong_border_is_seen(change: dict[str, int], rng: np.random.Generator) -> None:
    """The other layer has the same number of outputs, each from another place."""
    layer = layer_of(KERNELS[0], "C=4,K=3,I=6,F=2,PX=2,PY=2,PR=1,PB=1,D=2", rng)
    other = replace(layer, geometry=replace(layer.geometry, **change)).golden()
    (result,) = measure(XDECIMATE, [layer])[0]
    assert result.matches_golden
    assert other.shape == result.output.shape
    assert not np.array_equal(result.output, other)


def test_a_wrong_value_is_seen(rng: np.random.Generator) -> None:
    layer = layer_of(KERNELS[0], FORMS[0], rng)
    (result,) = measure(XDECIMATE, [layer])[0]
    wrong = replace(layer, pad_value=-layer.pad_value // 2).golden()
    assert not np.array_equal(result.output, wrong)
    assert np.array_equal(result.output[:-1, :-1], wrong[:-1, :-1])


def test_padding_with_zeros_alike_on_both_sides_takes_the_plain_kernel() -> None:
    layer = KERNELS[0].random_layer(ConvGeometry.parse("C=4,K=3,I=6,F=2,P=2"), seed=1)
    assert isinstance(layer, WindowLayer)
    assert layer.symbol == "conv_dense_4x2_high_relu"
    assert replace(layer, pad_value=1).symbol == "conv_dense_4x2_high_relu_general"
