"""Depthwise convolutions of banded activations: the kernel and its walk against the golden models."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from common.errors import UserError
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import XDECMAC
from reference.requantization import Clip, Tier
from sim.elf import load_elf
from sim.iss.program import run_elf
from sw_kernels.cluster.plan import check_plan, plan
from sw_kernels.conv.banded_plan import BandedPlan
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.packing.activations import BANDED
from sw_kernels.program import build_program
from sw_kernels.registry import select
from tests.clusters import IN_STEP
from tests.sw_kernels.forms import padded
from tests.sw_kernels.walks_on_host import banded_case, outputs

CLUSTER = replace(STANDARD, core=XDECMAC)
[KERNEL] = select(CONV, "depthwise_xdecmac")
#: Channels less than, as many as, and more than an index selects; empty bands; strides and paddings.
GEOMETRIES = (
    "C=7,IX=5,IY=3,F=3,P=1",
    "C=16,I=16,F=3,P=0,PR=1,PB=1,S=2",
    "C=33,IX=4,IY=13,F=3,P=1",
    "C=20,IX=9,IY=8,F=3,P=1,PX=2,SX=3",
    "C=4,I=1,F=3,P=1",
)


def geometry(text: str) -> ConvGeometry:
    depthwise = ConvGeometry.parse(f"{text},K=1")
    return replace(depthwise, K=depthwise.C, G=depthwise.C)


@pytest.fixture
def layer_of(random_layer: Callable[..., ConvLayer], rng: np.random.Generator) -> Callable[..., ConvLayer]:
    """Makes a layer that pads with a value of its own."""

    def make(text: str, tier: Tier, clip: Clip) -> ConvLayer:
        layer = padded(random_layer(geometry(text), KERNEL, tier, clip), rng)
        assert isinstance(layer, ConvLayer)
        return layer

    return make


@pytest.mark.parametrize(
    ("tier", "clip"),
    [*((Tier.SHORT, clip) for clip in Clip), (Tier.HIGH, Clip.RELU), (Tier.WIDE, Clip.BOUNDS)],
)
def test_the_kernel_equals_golden(layer_of: Callable[..., ConvLayer], tier: Tier, clip: Clip) -> None:
    for text in GEOMETRIES:
        layer = layer_of(text, tier, clip)
        path = build_program(layer, XDECMAC)
        outcome = run_elf(path, XDECMAC, 5_000_000)
        assert outcome.exit_code == 0
        content = outcome.machine.memory.read(load_elf(path).symbols["output"], layer.scratch["output"])
        assert np.array_equal(layer.output_of(content), layer.golden()), text


@pytest.mark.parametrize("config", [CLUSTER, IN_STEP], ids=["alone", "in step"])
def test_every_cut_equals_golden_on_this_pc(
    layer_of: Callable[..., ConvLayer], tmp_path: Path, config: ClusterConfig
) -> None:
    cases, strips, inputs = [], set(), set()
    walk = KERNEL.walk
    for text in GEOMETRIES:
        layer = layer_of(text, Tier.SHORT, Clip.BOUNDS)
        for cut in chain(walk.plans(layer, config), *walk.fallbacks(layer, config)):
            assert isinstance(cut, BandedPlan)
            assert (len(cut.tiles), cut.parts, cut.turn) == (1, 1, 0)
            check_plan(layer, cut)
            strips.add(min(cut.strips, 2))
            inputs.add(cut.inputs)
            cases.append(banded_case(layer, cut, np.random.default_rng(1)))
    assert (strips, inputs) == ({1, 2}, {1, 2})
    for one, output in zip(cases, outputs(cases, config, tmp_path), strict=True):
        assert np.array_equal(output, one.layer.golden()), f"{one.layer}: {one.plan}"


@pytest.mark.parametrize("text", ["C=4,I=8,F=5,P=2", "C=4,I=8,F=3,P=2,D=2", "C=4,I=8,FX=3,FY=1"])
def test_other_filters_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="one filter of 3x3 without dilation for each channel"):
        KERNEL.random_layer(geometry(text), 1)


def test_groups_of_several_channels_are_refused() -> None:
    with pytest.raises(UserError, match="for each channel"):
        KERNEL.random_layer(ConvGeometry.parse("C=4,K=4,I=8,F=3,P=1,G=2"), 1)


def test_it_is_no_kernel_of_other_convolutions() -> None:
    assert KERNEL not in select(CONV, activations=BANDED)
    assert KERNEL not in select(CONV, activations=None)
    assert plan(KERNEL.random_layer(geometry(GEOMETRIES[0]), 1), CLUSTER).strips == 1
