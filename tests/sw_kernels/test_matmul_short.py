"""Products of activations with XDecmac: the walk, cut in every way, and the golden model's arithmetic."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.errors import UserError
from hw.cluster.config import STANDARD
from hw.config import XDECMAC
from reference.matmul import Product, matmul
from reference.quantization import Quantization
from sw_kernels.cluster.plan import check_plan, plan
from sw_kernels.kernel import Kernel
from sw_kernels.matmul.geometry import MatmulGeometry
from sw_kernels.matmul.kernels import KERNELS
from sw_kernels.matmul.layer import MatmulLayer
from tests.sw_kernels.unweighted import variants
from tests.sw_kernels.walks_on_host import Case, outputs

EXACT, SHORT = KERNELS
CLUSTER = replace(STANDARD, core=XDECMAC)
#: Columns and elements that fill no word, several heads and strips, operands inside other tensors.
GEOMETRIES = (
    "T=19,K=13,N=22,H=3",
    "T=9,K=14,N=21,H=2,KN=1,HI=1,PA=40,HA=14,OA=3,PB=50,HB=21,OB=5",
    "T=3,K=8,N=4",
    "T=33,K=21,N=3,KN=1",
)


def layer_of(text: str, seed: int = 1) -> MatmulLayer:
    layer = SHORT.random_layer(MatmulGeometry.parse(text), seed)
    assert isinstance(layer, MatmulLayer)
    return layer


def test_every_cut_equals_golden_on_this_pc(tmp_path: Path) -> None:
    cases = []
    for text in GEOMETRIES:
        for layer in variants(layer_of(text)):
            walk = layer.kernel.walk
            cuts = list(walk.plans(layer, CLUSTER))
            for cut in [plan(layer, CLUSTER), *cuts[:: max(len(cuts) // 4, 1)]]:
                check_plan(layer, cut)
                cases.append(Case(layer=layer, plan=cut, operands=walk.operands(layer, cut)))
    assert {case.layer.kernel.walk.name(case.layer, case.plan) for case in cases} == {"matmul_quads"}
    assert {min(case.plan.strips, 2) for case in cases} == {1, 2}
    for one, output in zip(cases, outputs(cases, CLUSTER, tmp_path), strict=True):
        assert np.array_equal(output, one.layer.golden()), f"{one.layer}: {one.plan}"


def test_the_exact_product_differs_by_a_step_at_most(rng: np.random.Generator) -> None:
    a, b = (rng.integers(-128, 128, shape).astype(np.int8) for shape in ((6, 197, 64), (6, 197, 64)))
    ends = Quantization(0.05, -7), Quantization(0.04, 11), Quantization(0.5, -3)
    short = Product.short_of(*ends)
    assert short is not None
    steps = matmul(a, b, short).astype(int) - matmul(a, b, Product.of(*ends))
    assert np.abs(steps).max() <= 1
    assert (steps != 0).mean() < 2e-3


def test_a_row_is_scaled_by_itself() -> None:
    """By hand: (2 - 0) * 3 by a factor of a half and a shift of 1, and the row's -zero_b * 2."""
    product = Product.short_of(Quantization(0.5), Quantization(0.5, 4), Quantization(1.0))
    assert product is not None
    a, b = np.array([[2]], np.int8), np.array([[3]], np.int8)
    assert matmul(a, b, product).tolist() == [[0]]  # -0.5 is rounded up
    assert matmul(a, np.array([[7]], np.int8), product).tolist() == [[2]]  # 1.5 too


def test_what_has_no_short_form() -> None:
    assert Product.short_of(Quantization(1.0), Quantization(1.0), Quantization(1.0)) is None
    assert Product.short_of(Quantization(2.0**-13), Quantization(2.0**-13), Quantization(1.0, -128)) is None


@pytest.mark.parametrize(("kernel", "bits", "other"), [(EXACT, 31, SHORT), (SHORT, 16, EXACT)])
def test_kernels_have_one_arithmetic(kernel: Kernel, bits: int, other: Kernel) -> None:
    layer = other.random_layer(MatmulGeometry.parse(GEOMETRIES[0]), 1)
    with pytest.raises(UserError, match=f"the kernel has {bits}-bit multipliers alone"):
        replace(layer, kernel=kernel)
