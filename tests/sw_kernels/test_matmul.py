"""Products of activations: the inner loop's cost, cuts, and what cannot be."""

from dataclasses import replace

import numpy as np
import pytest

from common.errors import UserError
from hw.cluster.config import STANDARD
from reference.matmul import Product
from reference.quantization import Quantization
from sw_kernels.cluster.plan import plan
from sw_kernels.matmul.geometry import MatmulGeometry
from sw_kernels.matmul.kernels import KERNELS
from sw_kernels.matmul.layer import MatmulLayer
from tests.sw_kernels.test_kernels_core import counts_of

KERNEL, SHORT = KERNELS


def layer_of(geometry: MatmulGeometry | str, seed: int = 1) -> MatmulLayer:
    given = MatmulGeometry.parse(geometry) if isinstance(geometry, str) else geometry
    layer = KERNEL.random_layer(given, seed)
    assert isinstance(layer, MatmulLayer)
    return layer


def test_the_inner_loop_has_the_instructions_and_accesses_of_its_record():
    """The difference of two reductions, less the copies of rows; there are no zero points."""
    loop = KERNEL.loop
    assert loop
    layers = [layer_of(MatmulGeometry(T=8, K=k, N=8)) for k in (64, 128)]
    counts = [
        counts_of(replace(layer, product=replace(layer.product, zero_a=0, zero_b=0))) for layer in layers
    ]
    passes, copied = 2 * 2 * 64 // 4, (8 + 8) * 64 // 4
    assert counts[1][0] - counts[0][0] == passes * loop.instructions + copied * 2
    assert counts[1][1] - counts[0][1] == passes * loop.accesses + copied * 2


def test_the_inner_loop_of_xdecmac_has_those_of_its_record():
    """The difference of two reductions, less the words of b and the copies of rows."""
    loop = SHORT.loop
    assert loop
    layers = [SHORT.random_layer(MatmulGeometry(T=8, K=k, N=8), 1) for k in (64, 128)]
    plain = [
        replace(layer, product=replace(layer.product, zero_a=0, zero_b=0))
        for layer in layers
        if isinstance(layer, MatmulLayer)
    ]
    counts = [counts_of(layer) for layer in plain]
    passes, copied, made = 8 * 2 * 64 // 8, 8 * 64 // 4, 2 * 64 // 4
    assert counts[1][0] - counts[0][0] == passes * loop.instructions + copied * 2 + made * 18
    assert counts[1][1] - counts[0][1] == passes * loop.accesses + copied * 2 + made * 8


def test_golden_reads_operands_where_they_lie(rng: np.random.Generator):
    """Against a loop over elements."""
    layer = layer_of("T=3,K=5,N=4,H=2,PA=11,HA=5,OA=1,PB=9,HB=4,OB=2,KN=1,HI=1")
    a, b, product = layer.inputs.astype(int), layer.second.astype(int), layer.product
    (mul,), (add,), (shift,) = (getattr(product.requantization, name) for name in ("mul", "add", "shift"))
    for head, row, column in np.ndindex(2, 3, 4):
        acc = sum(
            (a[1 + 5 * head + 11 * row + k] - product.zero_a)
            * (b[2 + 4 * head + 9 * k + column] - product.zero_b)
            for k in range(5)
        )
        expected = np.clip((int(acc) * int(mul) + int(add)) >> int(shift), -128, 127)
        assert layer.golden()[row, head, column] == expected


def test_geometries():
    geometry = MatmulGeometry(T=5, K=6, N=7, H=2)
    assert str(geometry) == "T=5,K=6,N=7,H=2"
    assert (geometry.input_shape, geometry.second_shape, geometry.output_shape) == ((60,), (84,), (2, 5, 7))
    assert geometry.macs == 2 * 5 * 6 * 7
    parsed = MatmulGeometry.parse("T=5,K=6,N=7,H=2,PA=20,KN=1,HI=1")
    assert (parsed.HA, parsed.PB, parsed.HB, parsed.output_shape) == (100, 7, 42, (5, 2, 7))
    with pytest.raises(UserError, match="KN must be 0 or 1, not 2"):
        MatmulGeometry(T=1, K=1, N=1, KN=2)


def test_a_head_of_vision_transformers_is_cut_in_strips():
    cut = plan(layer_of("H=6,T=197,K=64,N=197"), STANDARD)
    assert (cut.strip, cut.strips, len(cut.tiles)) == (40, 5, 6)
    large = plan(layer_of("T=1024,K=64,N=1024"), STANDARD)
    assert large.strips > 1
    with pytest.raises(UserError, match="does not fit into an L1"):
        plan(layer_of("T=4,K=16000,N=4"), STANDARD)


def test_what_is_refused():
    layer = layer_of("T=2,K=3,N=4")
    with pytest.raises(UserError, match="second of T=2,K=3,N=4,H=1 must be int8"):
        replace(layer, second=layer.second[1:])
    wide = Product.of(Quantization(0.1, -128), Quantization(0.1, 127), Quantization(1.0))
    with pytest.raises(UserError, match="accumulator of K=40000 can reach"):
        replace(layer_of("T=1,K=40000,N=1"), product=wide)
