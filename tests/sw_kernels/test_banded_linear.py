"""The walk of tokens in four bands, cut in every way, against the golden models."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from bench.cluster import measure_on_cluster
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import XDECMAC, XDECMAC8
from reference.requantization import Clip, Tier
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import check_plan, plan
from sw_kernels.kernel import Kernel
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.linear.layer import LinearLayer
from sw_kernels.packing.activations import BANDED
from sw_kernels.registry import select
from tests.sw_kernels.walks_on_host import banded_case, outputs

CLUSTERS = [replace(STANDARD, core=core) for core in (XDECMAC, XDECMAC8)]
KERNELS = [kernel for kernel in select(LINEAR, activations=BANDED) if kernel.m in (None, 8)]
#: Fewer tokens than bands, bands that are not full, odd channels, several fours of tokens.
GEOMETRIES = ("C=36,K=50,T=19", "C=100,K=7,T=3", "C=1,K=1,T=1", "C=64,K=24,T=40", "C=17,K=9,T=10")


def cluster_of(kernel: Kernel) -> ClusterConfig:
    return next(config for config in CLUSTERS if kernel.runs_on(config.core))


def some(layer: LinearLayer, config: ClusterConfig, number: int) -> list[Plan]:
    """The best cut, and others of all."""
    walk = layer.kernel.walk
    plans = list(walk.plans(layer, config))
    fallbacks = list(chain(*walk.fallbacks(layer, config)))
    picked = [cuts[number % 3 :: max(len(cuts) // 3, 1)] for cuts in (plans, fallbacks)]
    return [plan(layer, config), *picked[0], *picked[1]]


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_every_cut_equals_golden_on_this_pc(
    kernel: Kernel, random_layer: Callable[..., LinearLayer], rng: np.random.Generator, tmp_path: Path
) -> None:
    config, cases = cluster_of(kernel), []
    for number, text in enumerate(GEOMETRIES):
        tier = Tier.HIGH if number % 2 else Tier.SHORT
        layer = random_layer(LinearGeometry.parse(text), kernel, tier, Clip.BOUNDS)
        for cut in some(layer, config, number):
            check_plan(layer, cut)
            cases.append(banded_case(layer, cut, rng))
    walks = {one.layer.kernel.walk.name(one.layer, one.plan) for one in cases}
    assert walks == {"linear_banded", "linear_banded_in_turn"}
    assert {one.plan.by_tokens for one in cases} == {True, False}
    for one, output in zip(cases, outputs(cases, config, tmp_path), strict=True):
        assert np.array_equal(output, one.layer.golden()), f"{one.layer}: {one.plan}"


@pytest.mark.parametrize("name", ["input", "output"])
def test_buffers_that_are_too_small_are_refused(name: str) -> None:
    layer = KERNELS[1].random_layer(LinearGeometry.parse(GEOMETRIES[0]), 1)
    cut = plan(layer, CLUSTERS[0])
    with pytest.raises(AssertionError, match=f"past buffer {name}"):
        check_plan(layer, replace(cut, **{name: getattr(cut, name) // 4}))


def test_the_rtl_equals_golden(random_layer: Callable[..., LinearLayer]) -> None:
    layers = [
        random_layer(LinearGeometry.parse(text), kernel, tier, Clip.INT8)
        for text, kernel, tier in zip(GEOMETRIES, KERNELS[:2], (Tier.SHORT, Tier.HIGH), strict=False)
    ]
    measurements, _ = measure_on_cluster(CLUSTERS[0], layers, processes=1)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)
