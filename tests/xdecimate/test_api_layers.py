"""Layers of the Python API: what they compute, the kernel that is chosen, and what is refused."""

from collections.abc import Callable

import numpy as np
import pytest

import xdecimate as xd
from reference.conv import conv
from reference.linear import linear
from reference.requantize import from_scale
from reference.window import Window
from sw_kernels.conv.kernels import CONV
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.linear.layer import LinearLayer
from sw_kernels.operator import Operator
from sw_kernels.registry import select

DENSE = np.arange(-100, 100, dtype=np.int8).reshape(5, 40)
SPARSE = xd.prune(DENSE, 8)
FILTERS = DENSE.reshape(5, 2, 2, 10)
TOKENS = np.arange(-60, 60, dtype=np.int8).reshape(3, 40)
PIXELS = np.arange(-80, 80, dtype=np.int8).reshape(4, 4, 10)
BIAS = np.arange(5, dtype=np.int32)


@pytest.mark.parametrize(("layer", "operator"), [(xd.Conv, CONV), (xd.Linear, LINEAR)])
def test_the_documentation_names_all_kernels(layer: type[xd.Conv | xd.Linear], operator: Operator):
    names = {kernel.name for kernel in select(operator, activations=None)}
    assert {name for name in names if f"``{name}``" not in (layer.__doc__ or "")} == set()


def test_a_convolution_on_a_core():
    layer = xd.Conv(FILTERS, BIAS, scale=0.003, stride=(2, 1), padding=(0, 1), lo=-5)
    window = Window(stride_yx=(2, 1), padding=(0, 1, 0, 1))
    expected = conv(PIXELS, FILTERS, BIAS, from_scale(np.full(5, 0.003), lo=-5), window)
    assert expected.any()
    result = xd.run(layer, PIXELS)
    assert np.array_equal(result.output, expected)
    assert result.matches_golden
    assert (result.kernel, result.macs) == ("conv dense_4x2", 2 * 5 * 5 * 40)
    assert result.cycles
    assert result.instructions
    assert result.macs_per_cycle == result.macs / result.cycles
    assert (result.breakdown, result.plan) == (None, None)


@pytest.mark.long
def test_a_linear_layer_on_a_cluster():
    scales = np.linspace(0.001, 0.005, 5)
    layer = xd.Linear(SPARSE, BIAS, scale=scales)
    result = xd.run(layer, TOKENS, cluster=8)
    assert np.array_equal(result.output, linear(TOKENS, SPARSE, BIAS, from_scale(scales)))
    assert result.matches_golden
    assert result.kernel == "linear sparse_xdecimate m8"
    assert sum((result.breakdown or {}).values()) == pytest.approx(1)
    assert result.plan
    assert result.plan.cores == 8


def test_the_golden_model_has_no_cycles():
    requantization = from_scale(np.full(5, 0.002))
    result = xd.run(xd.Linear(DENSE, requantization=requantization), TOKENS, model="golden")
    assert np.array_equal(result.output, linear(TOKENS, DENSE, 0 * BIAS, requantization))
    assert (result.cycles, result.macs_per_cycle, result.matches_golden) == (None, None, None)


def test_the_output_is_what_the_rtl_computed(monkeypatch: pytest.MonkeyPatch):
    layer = xd.Linear(SPARSE, scale=0.003)
    right = xd.run(layer, TOKENS, model="golden").output
    wrong = right.copy()
    wrong.flat[-1] ^= 1
    monkeypatch.setattr(LinearLayer, "golden", lambda _: wrong)
    result = xd.run(layer, TOKENS)
    assert np.array_equal(result.output, right)
    assert result.matches_golden is False


@pytest.mark.parametrize(
    ("layer", "config", "kernel"),
    [
        (xd.Linear(DENSE, scale=1), "xdecimate", "linear dense"),
        (xd.Linear(SPARSE, scale=1), "xdecimate", "linear sparse_xdecimate m8"),
        (xd.Linear(SPARSE, scale=1), "baseline", "linear sparse_software m8"),
        (xd.Linear(SPARSE, scale=1, m=4), "xdecimate", "linear sparse_xdecimate m4"),
        (xd.Linear(SPARSE, scale=1, kernel="sparse_software"), "xdecimate", "linear sparse_software m8"),
        (xd.Linear(SPARSE, scale=1, kernel="dense"), "xdecimate", "linear dense"),
        (xd.Linear(SPARSE[:, :16], scale=1), "xdecimate", "linear sparse_xdecimate m8"),
        (xd.Conv(xd.prune(FILTERS, 4), scale=1), "xdecimate", "conv sparse_xdecimate m4"),
        # In software, unpacking 1:4 costs more than the zeros that it leaves out.
        (xd.Conv(xd.prune(FILTERS, 4), scale=1), "baseline", "conv dense_4x2"),
        (xd.Conv(xd.prune(FILTERS, 16), scale=1), "baseline", "conv sparse_software m16"),
    ],
)
def test_the_fastest_kernel_is_chosen(layer: xd.Linear | xd.Conv, config: str, kernel: str):
    inputs = PIXELS if isinstance(layer, xd.Conv) else TOKENS[:, : layer.weights.shape[1]]
    assert xd.run(layer, inputs, config=config, model="golden").kernel == kernel


@pytest.mark.long
def test_a_configuration_of_one_s_own():
    """Its name is free: kernels are compiled for its extensions, here with C models of those it lacks."""
    config = xd.core_config("rv32im").with_("xdecimate", name="mine")
    result = xd.run(xd.Linear(SPARSE, scale=0.003), TOKENS, config=config)
    assert result.matches_golden
    assert result.cycles == xd.run(xd.Linear(SPARSE, scale=0.003), TOKENS, config="rv32im+xdecimate").cycles


def test_weights_are_the_layer_s_own():
    weights = SPARSE.copy()
    layer = xd.Linear(weights, scale=1)
    weights[:] = 1
    assert np.array_equal(layer.weights, SPARSE)
    with pytest.raises(ValueError, match="read-only"):
        layer.weights[0, 0] = 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: xd.Conv(FILTERS.astype(float), scale=1),
            r"int8 of shape \(K, FY, FX, C\), not of float64",
        ),
        (lambda: xd.Conv(DENSE, scale=1), r"\(K, FY, FX, C\), not of shape \(5, 40\)"),
        (lambda: xd.Linear(FILTERS, scale=1), r"\(K, C\), not of shape \(5, 2, 2, 10\)"),
        (lambda: xd.Linear(DENSE, BIAS.astype(np.int64), scale=1), "bias must be an array of int32"),
        (lambda: xd.Linear(DENSE, BIAS[:3], scale=1), "for each of the 5 channels, not 3"),
        (lambda: xd.Linear(DENSE), "either scale or requantization"),
        (lambda: xd.Linear(DENSE, scale=1, requantization=from_scale(BIAS)), "either scale or requant"),
        (lambda: xd.Linear(DENSE, requantization=0.1), "must be a Requantization, not a float; give"),  # type: ignore[arg-type]
        (lambda: xd.Linear(DENSE, requantization=from_scale(BIAS), lo=0), "lo and hi belong to scale"),
        (
            lambda: xd.Linear(DENSE, requantization=from_scale(BIAS[:2])),
            "have the 5 channels of the weights, not 2",
        ),
        (lambda: xd.Linear(DENSE, scale=[1, 2]), r"one for each of the 5 channels, .* shape \(2,\)"),
        (lambda: xd.Linear(DENSE, scale="much"), "scale must be a number .* not 'much'"),  # type: ignore[arg-type]
        (lambda: xd.Linear(DENSE, scale=-1), r"scale of channel 0 must be in 0\.\.2\*\*31"),
        (
            lambda: xd.Linear(DENSE, scale=1, lo=3, hi=2),
            "must satisfy -128 <= lo <= hi <= 127, not lo=3, hi=2",
        ),
        (lambda: xd.Linear(DENSE, BIAS + 2147483000, scale=1), "the accumulator of channel 0 can reach"),
        (lambda: xd.Linear(DENSE, scale=1, kernel="winograd"), "must be one of dense, .*, not 'winograd'"),
        (lambda: xd.Linear(DENSE, scale=1, kernel="dense", m=4), "is dense; leave out M, which is 4"),
        (lambda: xd.Linear(DENSE, scale=1, m=5), "M must be one of 4, 8, 16, not 5"),
        (lambda: xd.Linear(SPARSE, scale=1, m=16), "the weights are not 1:16 sparse: channel 0, block 0"),
        (
            lambda: xd.Linear(DENSE, scale=1, kernel="sparse_xdecimate"),
            "the weights are not 1:4 sparse: channel 0, block 0",
        ),
        (lambda: xd.Conv(FILTERS, scale=1, stride=0), "stride must be an integer of at least 1, or two"),
        (lambda: xd.Conv(FILTERS, scale=1, padding=(0, -1)), r"padding must be .* not \(0, -1\)"),
        (lambda: xd.Conv(FILTERS, scale=1, stride=(1, 1, 1)), "stride must be"),  # type: ignore[arg-type]
    ],
)
def test_a_layer_that_there_is_not(make: Callable[[], object], message: str):
    with pytest.raises(xd.UserError, match=message):
        make()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layer": DENSE}, "layer must be a Conv or a Linear, not a ndarray"),
        ({"model": "iss"}, "model must be one of rtl, golden, not 'iss'"),
        ({"config": "rv64"}, "configuration must be one of"),
        ({"cluster": 17}, "cores must be in 1..16"),
        ({"inputs": TOKENS.tolist()}, "inputs must be an array of int8 .* not a list"),
        (
            {"inputs": TOKENS.astype(float)},
            r"inputs .* int8 of shape \(T, C\), not of float64",
        ),
        ({"inputs": TOKENS[0]}, r"\(T, C\), not of shape \(40,\)"),
        ({"inputs": TOKENS[:, 1:]}, r"the 40 channels of the weights on their last axis .* not 39"),
        (
            {"layer": xd.Linear(SPARSE, scale=1, kernel="sparse_xdecimate"), "config": "baseline"},
            "needs a core with xdecimate, which configuration baseline lacks",
        ),
        (
            {"layer": xd.Conv(FILTERS, scale=1), "inputs": PIXELS[:1]},
            "= 2 is larger than the padded input",
        ),
        ({"inputs": np.zeros((600_000, 40), np.int8)}, "needs 27,[0-9,]+ bytes of L1, .* give a smaller"),
        ({"inputs": np.zeros((1_200_000, 40), np.int8), "cluster": 8}, "give a smaller layer"),
    ],
)
def test_a_layer_that_cannot_run(arguments: dict, message: str):
    with pytest.raises(xd.UserError, match=message):
        xd.run(**({"layer": xd.Linear(DENSE, scale=1), "inputs": TOKENS} | arguments))
