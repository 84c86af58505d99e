"""Plans of products, views, concatenations and groups that are wrong in one thing, each refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hw.cluster.config import STANDARD
from sw_kernels.cluster.cut import Plan, Tile
from sw_kernels.cluster.plan import check_plan
from sw_kernels.concat.kernels import CONCAT
from sw_kernels.conv.kernels import CONV
from sw_kernels.layer import Layer
from sw_kernels.matmul.kernels import MATMUL
from sw_kernels.operator import Operator
from sw_kernels.registry import kernel_named
from sw_kernels.reorder.kernels import REORDER
from sw_kernels.strided.kernels import STRIDED
from sw_kernels.strided.plan import StridedPlan

Fault = Callable[[Plan], Plan]


def row_more(plan: Plan) -> Plan:
    return replace(plan, strip=plan.strip + 4)


def strip_less(plan: Plan) -> Plan:
    return replace(plan, strips=plan.strips - 1)


def half(name: str) -> Fault:
    return lambda plan: replace(plan, **{name: getattr(plan, name) // 2})


def tiles(change: Callable[[Tile], Tile]) -> Fault:
    return lambda plan: replace(plan, tiles=tuple(map(change, plan.tiles)))


def tile_less(plan: Plan) -> Plan:
    return replace(plan, tiles=plan.tiles[:-1])


def axis_of(name: str, axis: int, change: Callable[[int], int]) -> Fault:
    """A view's plan with one number of ``tile``, ``sources`` or ``targets`` changed."""

    def faulty(plan: Plan) -> Plan:
        assert isinstance(plan, StridedPlan)
        values = list(getattr(plan, name))
        values[axis] = change(values[axis])
        return replace(plan, **{name: tuple(values)})

    return faulty


def no_span(plan: Plan) -> Plan:
    return replace(plan, span=5)


PRODUCT, TRANSPOSED = "T=19,K=13,N=22,H=3", "T=19,K=14,N=21,H=2,KN=1,HI=1,PA=40,HA=14,OA=3,PB=50,HB=21,OB=5"
VIEW, ROWS = "I=2000,N0=40,N1=50,S0=1,S1=40", "I=900,O=2,N0=15,N1=7,N2=4,S0=60,S1=8,S2=1"
BANDS = "H=14,N=700,B=0"
GROUPS = "C=12,K=18,G=3,IX=9,IY=11,F=3,P=1,S=2"

Case = tuple[Operator, str, str, Fault, str]


def of_strips(name: str, operator: Operator, kernel: str, geometry: str) -> dict[str, Case]:
    """Faults of a walk over strips."""
    faults = {
        "strip": (row_more, "past buffer|past output"),
        "strips": (strip_less, "of the output is stored 0 times"),
        "input": (half("input"), "past buffer input"),
        "output": (half("output"), "past buffer output"),
    }
    return {f"{part} of {name}": (operator, kernel, geometry, *fault) for part, fault in faults.items()}


def part_of_a_group(plan: Plan) -> Plan:
    """Tiles of one group and a half."""
    (tile, *_), size = plan.tiles, 9
    return replace(plan, tiles=tuple(replace(tile, first=first, channels=size) for first in (0, size)))


FAULTS: dict[str, Case] = {
    **of_strips("product", MATMUL, "dense_4x4", PRODUCT),
    **of_strips("groups", CONV, "dense_4x2", GROUPS),
    "b": (
        MATMUL,
        "dense_4x4",
        PRODUCT,
        tiles(lambda tile: replace(tile, part_bytes=tile.part_bytes - 32)),
        "past buffer weights",
    ),
    "b of rows of n": (
        MATMUL,
        "dense_4x4",
        TRANSPOSED,
        tiles(lambda tile: replace(tile, part_bytes=tile.part_bytes - 16)),
        "past buffer weights",
    ),
    "wide tiles": (
        MATMUL,
        "dense_4x4",
        TRANSPOSED,
        tiles(lambda tile: replace(tile, channels=tile.channels + 4)),
        "of the output is stored 0 times|past buffer|past second",
    ),
    "heads": (
        MATMUL,
        "dense_4x4",
        PRODUCT,
        lambda plan: replace(plan, tiles=plan.tiles[3:]),
        "stored 0 times",
    ),
    "rows of arrays": (CONCAT, "rows", "T=23,C0=7,C1=12,C2=5", row_more, "past buffer output"),
    "buffer of rows": (CONCAT, "rows", "T=23,C0=7,C1=12,C2=5", half("output"), "past buffer output"),
    "view's input": (STRIDED, "blocks", VIEW, half("input"), "past buffer input"),
    "view's output": (STRIDED, "blocks", VIEW, half("output"), "past buffer output"),
    "view's tiles": (STRIDED, "blocks", VIEW, strip_less, "of the output is stored 0 times"),
    "view's tile": (STRIDED, "elements", VIEW, axis_of("tile", 4, lambda size: size + 8), "past|stored 0"),
    "view's rows in L1": (
        STRIDED,
        "blocks",
        VIEW,
        axis_of("sources", 5, lambda pitch: pitch // 2),
        "overlap",
    ),
    "view's results in L1": (STRIDED, "blocks", VIEW, axis_of("targets", 4, lambda pitch: pitch * 2), "past"),
    "view's span": (STRIDED, "blocks", VIEW, no_span, "past|overlap"),
    "gathered rows": (STRIDED, "rows", ROWS, half("input"), "past buffer input"),
    "gathered rows' places": (
        STRIDED,
        "rows",
        ROWS,
        axis_of("sources", 4, lambda pitch: pitch - 1),
        "overlap",
    ),
    "bands": (REORDER, "blocks", BANDS, strip_less, "of the output is stored 0 times"),
    "bands in L1": (REORDER, "blocks", BANDS, half("input"), "past buffer input"),
    "rows of bands in L1": (REORDER, "blocks", BANDS, half("output"), "past buffer output"),
    "groups' weights": (
        CONV,
        "sparse_xdecimate",
        "C=24,K=18,G=3,IX=9,IY=11,F=3",
        tiles(lambda tile: replace(tile, part_bytes=tile.part_bytes - 16)),
        "past (buffer )?weights",
    ),
    "a group without tile": (CONV, "dense_4x2", GROUPS, tile_less, "the tiles have"),
    "a tile in the wrong group": (
        CONV,
        "dense_4x2",
        GROUPS,
        tiles(lambda tile: replace(tile, first=max(tile.first - 1, 0))),
        "the walk computes",
    ),
    "a tile of a group and a half": (
        CONV,
        "dense_4x2",
        GROUPS,
        part_of_a_group,
        "has parts of several groups",
    ),
}


def cut_of(layer: Layer) -> Plan:
    """A cut with as many strips and tiles as there are in one."""
    plans = list(layer.kernel.walk.plans(layer, STANDARD))
    several = [plan for plan in plans if plan.strips > 2 and plan.strip > 1]
    return max(several or plans, key=lambda plan: len({tile.first for tile in plan.tiles}))


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_plan_is_refused(name: str):
    operator, kernel, geometry, fault, message = FAULTS[name]
    m = 4 if kernel == "sparse_xdecimate" else None
    layer = kernel_named(operator, kernel, m).random_layer(operator.geometry.parse(geometry), seed=1)
    cut = cut_of(layer)
    check_plan(layer, cut)
    with pytest.raises(AssertionError, match=message):
        check_plan(layer, fault(cut))
