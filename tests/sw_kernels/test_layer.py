"""Geometries, kernels and layers that cannot be: each a message that says why."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from common.errors import UserError
from hw.config import BASELINE, XDECIMATE
from reference.requantization import Clip, Tier
from reference.requantize import from_scale
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.layer import Layer
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.linear.layer import LinearLayer
from sw_kernels.program import build_program, check_fits
from sw_kernels.registry import kernel_named, operator_named, select
from sw_kernels.weighted import WeightedLayer, requantized
from sw_kernels.window import WindowLayer


def test_geometry_is_parsed() -> None:
    geometry = ConvGeometry.parse("C=32, K=16,IX=8,IY=7,F=3,SX=2,P=1")
    assert (geometry.OX, geometry.OY, geometry.SY) == (4, 7, 1)
    assert geometry.macs == 4 * 7 * 16 * 9 * 32
    assert ConvGeometry.parse(str(geometry)) == geometry
    assert LinearGeometry.parse("C=3,K=4").macs == 12


def test_what_is_implied_is_not_written() -> None:
    plain = "C=8,K=4,IX=8,IY=7,FX=3,FY=3,SX=2,SY=2,PX=1,PY=0"
    assert str(ConvGeometry.parse(plain)) == plain
    assert ConvGeometry.parse(plain + ",PR=1,PB=0,D=1") == ConvGeometry.parse(plain)
    given = ConvGeometry.parse(plain + ",PR=0,PB=2,DY=3")
    assert str(given) == plain + ",PR=0,PB=2,DY=3"
    assert (given.OX, given.OY) == (4, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C=1,K=1,I=4,F=3,S=0", "SX must be an integer of at least 1, not 0"),
        ("C=0,K=1,I=4,F=3", "C must be an integer of at least 1, not 0"),
        ("C=1,K=1,I=4,F=3,PY=-1", "PY must be an integer of at least 0, not -1"),
        ("C=1,K=1,IX=4,IY=2,F=5,P=1", r"span .FY - 1. . DY . 1 = 5 is larger than .* IY . PY . PB = 4"),
        ("C=1,K=1,I=4,FX=3,FY=1,DX=2,PR=0", "span .FX - 1. . DX . 1 = 5 is larger than .* IX . PX . PR = 4"),
        ("C=1,K=1,I=4,F=1,PB=-1", "PB must be an integer of at least 0, not -1"),
        ("C=1,K=1,I=4,F=1,DX=65536", "DX must be at most 65535, not 65536"),
        ("C=1,K=1,I=4,F=3,Q=1", "'Q=1' must be NAME=INTEGER, with NAME one of C, K, IX"),
        ("C=1,K=1,I=4,F=big", "'F=big' must be"),
        ("C=1,K=1", "missing 4 required keyword-only arguments: 'IX', 'IY', 'FX', and 'FY'"),
        ("", "'' must be NAME=INTEGER"),
    ],
)
def test_impossible_geometries(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        ConvGeometry.parse(text)


def test_selecting_kernels() -> None:
    assert [str(v) for v in select(CONV, m=8)] == [
        "conv dense_4x2",
        "conv dense_1x2",
        "conv sparse_software m8",
        "conv sparse_xdecimate m8",
    ]
    assert len(select(LINEAR)) == 8
    assert kernel_named(LINEAR, "dense").m is None
    assert {v.symbol(requantized(Tier.HIGH, Clip.RELU)) for v in select(CONV, "sparse_xdecimate", 16)} == {
        "conv_sparse_xdecimate_m16_high_relu"
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((CONV, "dense"), "kernel of conv must be one of dense_4x2, dense_1x2, .* not 'dense'"),
        ((CONV, "sparse_software", 5), "M must be one of 4, 8, 16, not 5"),
        ((CONV, "sparse_software"), "needs M"),
        ((CONV, "dense_4x2", 4), "is dense; leave out M, which is 4"),
    ],
)
def test_unknown_kernels(arguments: tuple, message: str) -> None:
    with pytest.raises(UserError, match=message):
        kernel_named(*arguments)


def test_unknown_operators() -> None:
    with pytest.raises(UserError, match=r"operator must be one of conv, linear, .* not 'gemm'"):
        operator_named("gemm")


def test_operands_are_checked(random_layer: Callable[..., WeightedLayer]) -> None:
    geometry = LinearGeometry(C=16, K=2)
    good = random_layer(geometry, kernel_named(LINEAR, "sparse_xdecimate", 8), Tier.HIGH, Clip.INT8)
    parts = {field.name: getattr(good, field.name) for field in fields(good)}
    dense = np.ones(geometry.weight_shape, np.int8)
    three = {
        "geometry": LinearGeometry(C=16, K=3),
        "weights": np.zeros((3, 16), np.int8),
        "bias": np.zeros(3, np.int32),
    }
    for change, message in [
        ({"weights": dense}, "the weights are not 1:8 sparse: channel 0, block 0"),
        ({"weights": dense[:, :8]}, r"weights of C=16,K=2,T=1 must be int8 of shape \(2, 16\)"),
        ({"bias": good.bias.astype(np.int64)}, "bias .* must be int32"),
        ({"bias": np.full(2, (1 << 31) - 1, np.int32)}, "the accumulator of channel 0 can reach"),
        ({"inputs": good.inputs.astype(np.float32)}, "inputs .* not float32"),
        ({"kernel": select(CONV)[0]}, "a kernel of conv needs a geometry of conv, not the LinearGeometry"),
        (three, "one value per channel, 3 in all, not 2"),
    ]:
        with pytest.raises(UserError, match=message):
            LinearLayer(**(parts | change))


@pytest.mark.parametrize("value", [-129, 128])
def test_padding_is_int8(value: int) -> None:
    layer = select(CONV)[0].random_layer(CONV.small, 1)
    assert isinstance(layer, WindowLayer)
    with pytest.raises(UserError, match=f"pad_value .* in -128..127, the range of int8, not {value}"):
        replace(layer, pad_value=value)


def test_layers_that_do_not_fit(random_layer: Callable[..., WeightedLayer]) -> None:
    kernel = kernel_named(LINEAR, "sparse_xdecimate", 4)
    layer = random_layer(LinearGeometry(C=256, K=64), kernel, Tier.HIGH, Clip.INT8)
    assert layer.weight_bytes == 256 * 64 * 2.5 / 8
    with pytest.raises(
        UserError,
        match=r"needs \d+ bytes of L1 \(input 320, weights 4096, indices 1024,.*, but there are 8000",
    ):
        check_fits(layer, 8000)
    with pytest.raises(UserError, match="would overlap the peripherals"):
        check_fits(layer, 1 << 30)
    with pytest.raises(UserError, match="needs a core with xdecimate, which configuration baseline lacks"):
        build_program(layer, BASELINE)
    smallest = next(size for size in range(8000, 20000, 16) if _fits(layer, size))
    build_program(layer, XDECIMATE, smallest)


def test_the_counter_limits_the_reduction() -> None:
    def layer(c: int) -> LinearLayer:
        return LinearLayer(
            geometry=LinearGeometry(C=c, K=1),
            kernel=kernel_named(LINEAR, "sparse_xdecimate", 4),
            weights=np.zeros((1, c), np.int8),
            bias=np.zeros(1, np.int32),
            requantization=from_scale(np.array([0.1])),
            inputs=np.zeros((1, c), np.int8),
        )

    assert layer(131072).geometry.C == 131072
    with pytest.raises(UserError, match="counts at most 32768 blocks per channel, or 131072 weights"):
        layer(131073)


def _fits(layer: Layer, size: int) -> bool:
    try:
        check_fits(layer, size)
    except UserError:
        return False
    return True
