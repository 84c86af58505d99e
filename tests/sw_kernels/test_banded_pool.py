"""Poolings of whole banded images: the walk, cut in every way, against the golden models."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.cluster import measure_on_cluster
from common.errors import UserError
from hw.cluster.config import STANDARD
from hw.config import XDECMAC
from sw_kernels.cluster.plan import check_plan
from sw_kernels.kernel import Kernel
from sw_kernels.packing.activations import BANDED, HWC
from sw_kernels.pool.geometry import PoolGeometry
from sw_kernels.pool.kernels import KERNELS
from tests.sw_kernels.unweighted import variants
from tests.sw_kernels.walks_on_host import banded_case, outputs

CLUSTER = replace(STANDARD, core=XDECMAC)
BANDED_KERNELS = [kernel for kernel in KERNELS if kernel.activations is BANDED]
#: Full bands, bands that lack rows, empty bands.
GEOMETRIES = (
    "C=37,I=8,F=8",
    "C=9,IX=3,IY=5,FX=3,FY=5",
    "C=6,IX=1,IY=13,FX=1,FY=13",
    "C=5,IX=4,IY=2,FX=4,FY=2",
)


@pytest.mark.parametrize("kernel", BANDED_KERNELS, ids=str)
def test_every_cut_equals_golden_on_this_pc(kernel: Kernel, rng: np.random.Generator, tmp_path: Path) -> None:
    """Rows past the image's end have any value."""
    cases = []
    for text in GEOMETRIES:
        for layer in variants(kernel.random_layer(PoolGeometry.parse(text), 1)):
            for cut in kernel.walk.plans(layer, CLUSTER):
                check_plan(layer, cut)
                cases.append(banded_case(layer, cut, rng))
    assert {min(len(case.plan.tiles), 2) for case in cases} == {1, 2}
    for one, output in zip(cases, outputs(cases, CLUSTER, tmp_path), strict=True):
        assert np.array_equal(output, one.layer.golden()), f"{one.layer}: {one.plan}"


def test_the_output_is_in_rows() -> None:
    layer = BANDED_KERNELS[0].random_layer(PoolGeometry.parse(GEOMETRIES[0]), 1)
    assert (layer.kernel.activations, layer.kernel.makes) == (BANDED, HWC)
    assert layer.scratch["output"] == 37


@pytest.mark.parametrize("text", ["C=4,I=4,F=2,S=2", "C=4,I=4,F=4,PR=1"])
def test_other_windows_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="window must cover the image, without padding"):
        BANDED_KERNELS[0].random_layer(PoolGeometry.parse(text), 1)


def test_the_rtl_equals_golden() -> None:
    geometries = map(PoolGeometry.parse, GEOMETRIES[:2])
    layers = [
        kernel.random_layer(geometry, 1) for kernel, geometry in zip(BANDED_KERNELS, geometries, strict=True)
    ]
    measurements, _ = measure_on_cluster(CLUSTER, layers, processes=1)
    assert all(result.matches_golden for result in measurements)
