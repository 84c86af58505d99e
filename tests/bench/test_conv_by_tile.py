"""Convolutions whose outputs leave L1 tile by tile: every form of the walk, and layers that need it."""

from itertools import islice

import pytest

from bench.cluster import measure_on_cluster
from common.errors import UserError
from hw.cluster.config import STANDARD, ClusterConfig
from sw_kernels.cluster import program
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import plan
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.layer import Layer
from sw_kernels.registry import kernel_named

IMAGE = ConvGeometry.parse("C=16,K=10,IX=7,IY=9,F=3,S=2,SX=1,P=1")
POINTS = ConvGeometry.parse("C=8,K=6,IX=5,IY=7,F=1")
#: Kernel, M, geometry, and of the plan: cores, strips, tiles, buffers of input and of weights.
FORMS = (
    ("dense_4x2", None, IMAGE, (8, 2, 3, 2, 2)),
    ("dense_4x2", None, IMAGE, (3, 5, 2, 1, 1)),
    ("dense_1x2", None, IMAGE, (1, 2, 3, 2, 1)),
    ("sparse_xdecimate", 8, IMAGE, (8, 5, 1, 2, 1)),
    ("sparse_software", 16, IMAGE, (2, 1, 10, 1, 2)),
    ("dense_4x2", None, POINTS, (2, 7, 2, 1, 2)),
    ("sparse_xdecimate", 4, POINTS, (8, 2, 6, 1, 1)),
)


def form(cut: Plan) -> tuple[int, ...]:
    return cut.cores, cut.strips, len(cut.tiles), cut.inputs, cut.tile_buffers


@pytest.mark.long
def test_every_form_matches_golden(monkeypatch: pytest.MonkeyPatch):
    cuts: dict[Layer, Plan] = {}
    for number, (name, m, geometry, wanted) in enumerate(FORMS):
        layer = kernel_named(CONV, name, m).random_layer(geometry, seed=number)
        candidates = (cut for cuts in CONV.walk.fallbacks(layer, STANDARD) for cut in cuts)
        cuts[layer] = next(cut for cut in candidates if form(cut) == wanted)
        assert CONV.walk.name(layer, cuts[layer]) == "conv_by_tile"
    monkeypatch.setattr(program, "plan", lambda layer, config: cuts[layer])
    measurements, _ = measure_on_cluster(STANDARD, list(cuts))
    results = zip(FORMS, measurements, strict=True)
    assert [wanted for wanted, result in results if not result.matches_golden] == []


def test_the_last_layers_of_a_resnet18_fit():
    geometry = ConvGeometry.parse("C=512,K=512,I=4,F=3,P=1")
    cut = plan(kernel_named(CONV, "dense_4x2").random_layer(geometry, 1), STANDARD)
    assert cut.by_tile
    assert cut.cores == 8
    assert cut.l1_bytes <= 120_832
    for m in 4, 8, 16:
        software = plan(kernel_named(CONV, "sparse_software", m).random_layer(geometry, 1), STANDARD)
        assert software.cores == 8


def test_wide_patches_leave_cores_without_buffers():
    geometry = ConvGeometry.parse("C=512,K=16,I=8,F=5,P=2")
    cut = plan(kernel_named(CONV, "dense_4x2").random_layer(geometry, 1), STANDARD)
    assert 1 < cut.cores < 8
    assert cut.buffers["private"] == cut.cores * cut.private
    alone = plan(kernel_named(CONV, "dense_4x2").random_layer(geometry, 1), ClusterConfig(cores=1))
    assert alone.cores == 1


def test_what_does_not_fit_however_cut():
    layer = kernel_named(CONV, "dense_4x2").random_layer(ConvGeometry.parse("C=1024,K=4,I=8,F=7,P=3"), 1)
    with pytest.raises(
        UserError,
        match=r"does not fit into an L1 of 131,072 bytes: its smallest tiles need \d{3},\d{3} bytes "
        r"\(input \d+,\d+, weights 50,\d+, output 32, private \d+,\d+\), but 120,832 are left by 8 stacks "
        r"of 1,024 and the runtime's 2,048",
    ):
        plan(layer, STANDARD)


def test_cuts_that_need_less_come_later():
    layer = kernel_named(CONV, "dense_4x2").random_layer(IMAGE, 1)
    least = [min(cut.l1_bytes for cut in cuts) for cuts in islice(CONV.walk.fallbacks(layer, STANDARD), 8)]
    assert least == sorted(least, reverse=True)
    assert len(set(least)) == 8
