"""Transfers of plans: none leaves its buffer, and a plan that is a row too large is refused."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, chain, islice

import numpy as np
import pytest

from hw.cluster.config import STANDARD
from sw_kernels.add.kernels import ADD
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import check_plan
from sw_kernels.cluster.transfer import Transfer, check_transfers
from sw_kernels.concat.kernels import CONCAT
from sw_kernels.conv.kernels import CONV
from sw_kernels.depthwise.kernels import DEPTHWISE
from sw_kernels.layer import Layer
from sw_kernels.layer_norm.kernels import LAYER_NORM
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.matmul.kernels import MATMUL
from sw_kernels.mul.kernels import MUL
from sw_kernels.operator import Operator
from sw_kernels.pool.kernels import POOL
from sw_kernels.registry import operators, select
from sw_kernels.reorder.kernels import REORDER
from sw_kernels.softmax.kernels import SOFTMAX
from sw_kernels.strided.kernels import STRIDED
from sw_kernels.table.kernels import TABLE

#: Operators whose plans are of strips that grow row by row.
BY_STRIPS: tuple[tuple[Operator, str], ...] = (
    (CONV, "C=20,K=22,IX=9,IY=11,F=3,S=2,SX=1,P=1"),
    (CONV, "C=5,K=7,IX=6,IY=7,F=3,P=2,PB=0,D=2"),
    (CONV, "C=8,K=6,IX=5,IY=7,F=1"),
    (LINEAR, "C=36,K=50,T=19"),
    (DEPTHWISE, "C=22,IX=9,IY=11,F=3,P=1"),
    (DEPTHWISE, "C=7,IX=9,IY=12,F=5,P=2,S=2"),
    (POOL, "C=21,IX=9,IY=10,F=3,P=1,S=2"),
    (ADD, "N=5000"),
    (MUL, "N=5000"),
    (SOFTMAX, "C=37,T=23"),
    (TABLE, "N=5000"),
    (LAYER_NORM, "C=37,T=23"),
    (CONV, "C=12,K=18,G=3,IX=9,IY=11,F=3,P=1,S=2"),
)
#: Those whose transfers have gaps in L1, or go by heads and axes.
OTHERS: tuple[tuple[Operator, str], ...] = (
    (MATMUL, "T=19,K=13,N=22,H=3"),
    (MATMUL, "T=9,K=14,N=21,H=2,KN=1,HI=1,PA=40,HA=14,OA=3,PB=50,HB=21,OB=5"),
    (CONCAT, "T=23,C0=7,C1=12,C2=5"),
    (STRIDED, "I=500,O=499,N0=3,N1=9,N2=2,N3=7,S0=-130,S1=-1,S2=0,S3=-13"),
    (STRIDED, "I=2000,N0=40,N1=50,S0=1,S1=40"),
    (STRIDED, "I=900,O=2,N0=15,N1=7,N2=4,S0=60,S1=8,S2=1"),
    (STRIDED, "I=5000,O=4999,N0=2500,S0=-2"),
    (REORDER, "H=13,N=700"),
    (REORDER, "H=14,N=700,B=0"),
)


def layers(cases: tuple[tuple[Operator, str], ...] = BY_STRIPS) -> Iterator[Layer]:
    for operator, geometry in cases:
        for kernel in select(operator):
            yield kernel.random_layer(operator.geometry.parse(geometry), seed=1)


def cuts(layer: Layer) -> list[Plan]:
    walk = layer.kernel.walk
    fallbacks = chain.from_iterable(walk.fallbacks(layer, STANDARD))
    return [*islice(walk.plans(layer, STANDARD), None, None, 3), *islice(fallbacks, None, None, 37)]


def test_every_operator_lists_its_transfers():
    assert {operator for operator, _ in (*BY_STRIPS, *OTHERS)} >= set(operators())
    for layer in layers((*BY_STRIPS, *OTHERS)):
        walk = layer.kernel.walk
        assert walk.transfers(layer, cuts(layer)[0]) is not None, layer


def test_all_cuts_keep_to_their_buffers():
    for layer in layers((*BY_STRIPS, *OTHERS)):
        checked = cuts(layer)
        assert checked, layer
        for cut in checked:
            check_plan(layer, cut)


def places(start: int, size: int, steps: Iterable[tuple[int, int]]) -> np.ndarray:
    """Every byte of all rows, row after row."""
    found = np.array([start])
    for count, distance in steps:
        found = np.add.outer(found, np.arange(count) * distance).ravel()
    return np.add.outer(found, np.arange(size)).ravel()


def outside(transfer: Transfer) -> np.ndarray:
    """Places of a transfer's bytes in its operand."""
    return places(transfer.place, transfer.size, [(axis.count, axis.outside) for axis in transfer.axes])


def inside(transfer: Transfer) -> np.ndarray:
    """Their places in the buffer."""
    return places(transfer.inside, transfer.size, [(axis.count, axis.inside) for axis in transfer.axes])


def test_whole_operands_are_loaded():
    """Windows that overlap, products and concatenations read every byte, in several strips."""
    for layer in layers((*BY_STRIPS, OTHERS[0], OTHERS[2])):
        cut = next(cut for cut in cuts(layer) if cut.strips > 1)
        transfers = list(layer.kernel.walk.transfers(layer, cut) or ())
        for name, array in layer.activations.items():
            loaded = np.zeros(array.size, bool)
            for transfer in transfers:
                if transfer.operand == name:
                    loaded[outside(transfer)] = True
            assert loaded.all(), (name, str(layer))
        if cut.weights:
            starts = accumulate((tile.bytes for tile in cut.tiles[:-1]), initial=0)
            loads = {transfer.place for transfer in transfers if transfer.operand == "weights"}
            assert loads == set(starts), str(layer)


def test_transfers_alone_move_what_no_kernel_computes():
    """They make the golden output of concatenations, and of views whose rows the DMA gathers."""
    checked = set()
    for layer in layers(OTHERS):
        walk = layer.kernel.walk
        if layer.kernel.operator not in (CONCAT, STRIDED) or walk.functions(layer):
            continue
        cut = cuts(layer)[0]
        memory = {name: array.reshape(-1) for name, array in layer.activations.items()}
        output = np.zeros(layer.golden().size, np.int8)
        l1 = {name: np.zeros(size, np.int8) for name, size in cut.buffers.items()}
        for transfer in walk.transfers(layer, cut) or ():
            if transfer.operand == "output":
                output[outside(transfer)] = l1[transfer.buffer][transfer.at + inside(transfer)]
            else:
                l1[transfer.buffer][transfer.at + inside(transfer)] = memory[transfer.operand][
                    outside(transfer)
                ]
        assert np.array_equal(output, layer.golden().reshape(-1)), str(layer)
        checked.add(layer.kernel)
    assert {str(kernel) for kernel in checked} == {"concat rows", "strided rows"}


def by_strips(layer: Layer) -> Plan:
    """A cut into several strips, whose outputs leave strip by strip."""
    return next(cut for cut in cuts(layer) if cut.strips > 1 and not cut.by_tile)


def test_plans_that_are_a_row_too_large_are_refused():
    for layer in layers():
        cut = by_strips(layer)
        items = 16 if cut.share else 1  # elements up to the alignment of a buffer fit
        with pytest.raises(AssertionError, match="past buffer"):
            check_plan(layer, replace(cut, strip=cut.strip + items))


@pytest.mark.parametrize("name", ["input", "output"])
def test_buffers_that_are_too_small_are_refused(name: str):
    for layer in layers():
        cut = by_strips(layer)
        with pytest.raises(AssertionError, match=f"past buffer {name}"):
            check_plan(layer, replace(cut, **{name: getattr(cut, name) // 2}))


def test_tiles_that_are_too_small_are_refused():
    for layer in layers():
        cut = by_strips(layer)
        if layer.kernel.operator in (CONV, DEPTHWISE):
            tiles = tuple(replace(tile, part_bytes=tile.part_bytes - 16) for tile in cut.tiles)
            with pytest.raises(AssertionError, match=r"past (buffer )?weights"):
                check_plan(layer, replace(cut, tiles=tiles))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"place": -1}, "begins before output"),
        ({"place": 1}, "ends 1 bytes past output of 12"),
        ({"size": 6, "pitch": 6}, "ends 6 bytes past output of 12"),
        ({"rows": 5}, "ends 8 bytes past output of 12"),
        ({"at": 4}, "is no start of output"),
        ({"inside": -1}, "begins before buffer output"),
        ({"rows": 2}, "byte 8 of the output is stored 0 times"),
        ({"pitch": 2}, "byte 2 of the output is stored 2 times"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, int], message: str):
    cut = Plan(strip=1, strips=1, input=0, output=16, inputs=1, outputs=1, cores=1, cycles=0)
    right = Transfer(operand="output", place=0, size=4, rows=3, pitch=4, buffer="output")
    check_transfers([right], cut, {"output": 12})
    narrow = replace(cut, output=11)
    with pytest.raises(AssertionError, match="ends 1 bytes past buffer output of 11"):
        check_transfers([right], narrow, {"output": 12})
    with pytest.raises(AssertionError, match=message):
        check_transfers([replace(right, **change)], cut, {"output": 12})


def test_outputs_between_strips_are_missed():
    layer = next(layers())
    cut = next(cut for cut in cuts(layer) if cut.strips > 2)
    found = list(CONV.walk.transfers(layer, cut) or ())
    stores = [one for one in found if one.operand == "output"]
    sizes = {name: len(content) for name, content in CONV.walk.operands(layer, cut).items()}
    sizes["output"] = int(np.prod(layer.geometry.output_shape))
    with pytest.raises(AssertionError, match=f"byte {stores[1].place} of the output is stored 0 times"):
        check_transfers([one for one in found if one is not stores[1]], cut, sizes)
