"""The walk of banded convolutions, cut in every way, against the golden models."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from bench.cluster import measure_on_cluster
from common.errors import UserError
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import XDECMAC, XDECMAC8
from reference.requantization import Clip, Tier
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import check_plan, plan
from sw_kernels.conv.banded_plan import BandedPlan
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.kernel import Kernel
from sw_kernels.packing.activations import BANDED
from sw_kernels.registry import select
from tests.clusters import IN_STEP
from tests.sw_kernels.forms import padded
from tests.sw_kernels.walks_on_host import banded_case, outputs

CLUSTERS = {core.name: replace(STANDARD, core=core) for core in (XDECMAC, XDECMAC8)}
KERNELS = [kernel for kernel in select(CONV, activations=BANDED) if kernel.m in (None, 8)]
#: Every form of padding, stride and dilation; bands that are not full or empty, more halo than rows.
GEOMETRIES = (
    "C=20,K=6,IX=5,IY=3,F=3,P=1",
    "C=16,K=10,I=8,F=3,P=1",
    "C=9,K=7,IX=4,IY=13,F=3,P=1",
    "C=8,K=9,I=16,F=3,P=1,S=2",
    "C=8,K=6,I=8,F=3,S=2,P=0,PR=1,PB=1",
    "C=5,K=8,IX=5,IY=6,F=7,P=3",
    "C=4,K=3,IX=9,IY=8,F=3,P=2,D=2",
    "C=6,K=2,IX=1,IY=13,FX=1,FY=3,PY=8,PB=0,DY=4",
    "C=7,K=2,IX=12,IY=1,FX=3,FY=1,PX=3,PR=5,DX=3",
    "C=33,K=5,IX=1,IY=21,F=1",
    "C=3,K=4,IX=7,IY=9,FX=2,FY=5,PX=0,PY=2,PB=2,PR=1",
    "C=2,K=9,IX=6,IY=16,FX=3,FY=4,PX=1,PY=1,PB=2,SY=4,SX=1",
    "C=64,K=11,I=4,F=3,P=1",
    "C=4,K=2,I=1,F=1",
)
#: Groups whose channels fill no block, tiles of parts of groups, dilation, filters of one column.
GROUPED = (
    "C=12,K=8,G=4,IX=5,IY=6,F=3,P=1",
    "C=40,K=18,G=2,I=8,F=3,P=1,S=2",
    "C=6,K=9,G=3,IX=9,IY=8,F=3,P=2,D=2",
    "C=5,K=10,G=5,IX=3,IY=9,F=1",
    "C=64,K=12,G=2,IX=1,IY=13,FX=1,FY=3,PY=1",
)


def cluster_of(kernel: Kernel) -> ClusterConfig:
    return next(config for config in CLUSTERS.values() if kernel.runs_on(config.core))


def cuts(layer: ConvLayer, config: ClusterConfig) -> Iterator[Plan]:
    return chain(layer.kernel.walk.plans(layer, config), *layer.kernel.walk.fallbacks(layer, config))


def some(layer: ConvLayer, config: ClusterConfig, number: int) -> list[Plan]:
    """The best cut, and some others of all."""
    all_cuts = list(cuts(layer, config))
    return [plan(layer, config), *all_cuts[number % 5 :: max(len(all_cuts) // 3, 1)]]


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_every_cut_equals_golden_on_this_pc(
    kernel: Kernel, random_layer: Callable[..., ConvLayer], rng: np.random.Generator, tmp_path: Path
) -> None:
    config, cases = cluster_of(kernel), []
    for number, text in enumerate(GEOMETRIES):
        layer = random_layer(ConvGeometry.parse(text), kernel, Tier.SHORT, Clip.BOUNDS)
        layer = padded(layer, rng)
        assert isinstance(layer, ConvLayer)
        for cut in some(layer, config, number):
            check_plan(layer, cut)
            cases.append(banded_case(layer, cut, rng))
    for one, output in zip(cases, outputs(cases, config, tmp_path), strict=True):
        assert np.array_equal(output, one.layer.golden()), f"{one.layer}: {one.plan}"


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
@pytest.mark.parametrize("in_step", [0, 1])
def test_groups_equal_golden_on_this_pc(
    kernel: Kernel,
    in_step: int,
    random_layer: Callable[..., ConvLayer],
    rng: np.random.Generator,
    tmp_path: Path,
) -> None:
    config, cases = cluster_of(kernel).with_(hashed_banks=in_step, broadcast=in_step), []
    for number, text in enumerate(GROUPED):
        tier = (Tier.SHORT, Tier.HIGH)[number % 2]
        layer = padded(random_layer(ConvGeometry.parse(text), kernel, tier, Clip.BOUNDS), rng)
        assert isinstance(layer, ConvLayer)
        for cut in some(layer, config, number):
            check_plan(layer, cut)
            cases.append(banded_case(layer, cut, rng))
    assert {case.layer.kernel.walk.name(case.layer, case.plan) for case in cases} == {"conv_banded_grouped"}
    assert any(len(case.plan.tiles) not in (1, case.layer.geometry.G) for case in cases)
    for one, output in zip(cases, outputs(cases, config, tmp_path), strict=True):
        assert np.array_equal(output, one.layer.golden()), f"{one.layer}: {one.plan}"


@pytest.mark.parametrize("kernel", [KERNELS[0], KERNELS[-1]], ids=str)
def test_every_form_of_the_walk_is_among_the_cuts(kernel: Kernel) -> None:
    """Several strips and tiles, parts of a tile's channels, and one buffer where there are two."""
    forms = set()
    for number, text in enumerate(GEOMETRIES):
        layer = kernel.random_layer(ConvGeometry.parse(text), 1)
        assert isinstance(layer, ConvLayer)
        for cut in some(layer, cluster_of(kernel), number):
            assert isinstance(cut, BandedPlan)
            tiles = min(len(cut.tiles), 2), cut.tile_buffers
            forms |= {("strips", min(cut.strips, 2), cut.inputs), ("tiles", *tiles), ("parts", cut.parts)}
    expected = {(name, *counts) for name in ("strips", "tiles") for counts in ((1, 1), (2, 1), (2, 2))}
    assert forms >= expected | {("parts", parts) for parts in (1, 2, 4, 8)}


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_cores_begin_with_different_channels(kernel: Kernel) -> None:
    """Also those of a tile that has fewer channels than there are cores."""
    layer, config = kernel.random_layer(ConvGeometry.parse("C=256,K=256,I=8,F=3,P=1"), 1), cluster_of(kernel)
    few = set()
    for cut in kernel.walk.plans(layer, config):
        assert isinstance(cut, BandedPlan)
        sharing = config.cores // cut.parts
        begins = {core * cut.turn for core in range(sharing) if core * cut.turn < cut.part}
        assert len(begins) == min(sharing, cut.part)
        few |= {cut.part} if cut.part < sharing else set()
    assert few >= set(range(1, 8))


@pytest.mark.parametrize("cores", [1, 3])
def test_other_numbers_of_cores(
    random_layer: Callable[..., ConvLayer], rng: np.random.Generator, tmp_path: Path, cores: int
) -> None:
    config, kernel = CLUSTERS["xdecmac"].with_(cores=cores), KERNELS[1]
    layers = [
        random_layer(ConvGeometry.parse(text), kernel, Tier.HIGH, Clip.RELU) for text in GEOMETRIES[::3]
    ]
    cases = [banded_case(layer, plan(layer, config), rng) for layer in layers]
    for one, output in zip(cases, outputs(cases, config, tmp_path), strict=True):
        assert np.array_equal(output, one.layer.golden()), f"{one.layer}: {one.plan}"


@pytest.mark.parametrize("core", CLUSTERS)
def test_cores_in_step_meet_as_often_in_every_cut(
    random_layer: Callable[..., ConvLayer], rng: np.random.Generator, tmp_path: Path, core: str
) -> None:
    config, cases = CLUSTERS[core].with_(hashed_banks=1, broadcast=1), []
    kernels = [kernel for kernel in KERNELS if kernel.runs_on(config.core)]
    for number, text in enumerate(GEOMETRIES[::3]):
        kernel, tier = kernels[number % 2], (Tier.SHORT, Tier.HIGH)[number % 2]
        layer = random_layer(ConvGeometry.parse(text), kernel, tier, Clip.RELU)
        cases += [banded_case(layer, cut, rng) for cut in some(layer, config, number)]
    assert {case.plan.in_step for case in cases if isinstance(case.plan, BandedPlan)} == {True}
    for one, output in zip(cases, outputs(cases, config, tmp_path), strict=True):
        assert np.array_equal(output, one.layer.golden()), f"{one.layer}: {one.plan}"


@pytest.mark.parametrize("name", ["input", "output"])
def test_buffers_that_are_too_small_are_refused(name: str) -> None:
    layer = KERNELS[1].random_layer(ConvGeometry.parse(GEOMETRIES[1]), 1)
    cut = plan(layer, CLUSTERS["xdecmac"])
    with pytest.raises(AssertionError, match=f"past buffer {name}"):
        check_plan(layer, replace(cut, **{name: getattr(cut, name) // 2}))


def test_the_last_layers_of_a_resnet18_fit() -> None:
    layer = KERNELS[0].random_layer(ConvGeometry.parse("C=512,K=512,I=4,F=3,P=1"), 1)
    cut = plan(layer, CLUSTERS["xdecmac"])
    assert isinstance(cut, BandedPlan)
    assert (cut.parts, cut.cores) == (2, 8)  # one row of four pixels
    assert cut.l1_bytes <= 120_832


def test_what_is_refused() -> None:
    layer = KERNELS[0].random_layer(ConvGeometry.parse("C=4,K=3,I=9,F=4"), 1)
    with pytest.raises(UserError, match="bands of 3 rows, a quarter of IY=9, are not SY=1 times those of 2"):
        plan(layer, CLUSTERS["xdecmac"])
    wide = KERNELS[0].random_layer(ConvGeometry.parse("C=512,K=4,I=32,F=3,P=1"), 1)
    with pytest.raises(UserError, match="does not fit into an L1 of 131,072 bytes"):
        plan(wide, CLUSTERS["xdecmac"])


@pytest.mark.parametrize("config", [CLUSTERS["xdecmac"], IN_STEP], ids=["alone", "in step"])
def test_the_rtl_equals_golden(
    random_layer: Callable[..., ConvLayer], rng: np.random.Generator, config: ClusterConfig
) -> None:
    dense, sparse = (kernel for kernel in KERNELS if kernel.runs_on(config.core))
    texts = ("C=9,K=7,IX=4,IY=13,F=3,P=1", "C=8,K=9,I=16,F=3,P=1,S=2", "C=4,K=3,IX=9,IY=8,F=3,P=2,D=2")
    layers = [
        padded(random_layer(ConvGeometry.parse(text), kernel, tier, Clip.INT8), rng)
        for text, kernel, tier in zip(
            texts, (dense, sparse, sparse), (Tier.SHORT, Tier.HIGH, Tier.SHORT), strict=True
        )
    ]
    layers.append(padded(random_layer(ConvGeometry.parse(GROUPED[0]), sparse, Tier.SHORT, Clip.INT8), rng))
    [depthwise] = select(CONV, "depthwise_xdecmac")
    for text in ("C=16,K=16,G=16,I=8,F=3,P=1", "C=5,K=5,G=5,IX=5,IY=13,F=3,P=1"):
        layers.append(padded(depthwise.random_layer(ConvGeometry.parse(text), 1), rng))
    measurements, _ = measure_on_cluster(config, layers, processes=1)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)
