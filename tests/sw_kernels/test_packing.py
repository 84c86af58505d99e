"""Packing: round trips, exact layout, sizes, and what is refused."""

import numpy as np
import pytest

from common.errors import UserError
from reference.blocks import BLOCK_SIZES, check_obeys, obeys, prune, sparsest
from reference.decimate import Decimate
from sw_kernels.packing.layout import IndexLayout
from sw_kernels.packing.layouts import BYTE_LANES, LAYOUTS, ONCE, PAIRED, REPEATED
from sw_kernels.packing.packed import pack, unpack

SHAPES = [(1, 1), (1, 17), (2, 64), (3, 27), (5, 100), (7, 3, 3, 5), (8, 1, 1, 129)]


def random_weights(rng: np.random.Generator, shape: tuple[int, ...], m: int) -> np.ndarray:
    """Pruned weights with zeros among the kept ones."""
    return prune(rng.integers(-3, 4, shape).astype(np.int8), m)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("m", BLOCK_SIZES)
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_round_trip(rng: np.random.Generator, shape: tuple[int, ...], m: int, layout: IndexLayout) -> None:
    weights = random_weights(rng, shape, m)
    packed = pack(weights, m, layout)
    assert packed.values.shape[1] % 4 == 0
    assert packed.indices.dtype == "<u4"
    assert np.array_equal(unpack(packed), weights.reshape(len(weights), -1))


@pytest.mark.parametrize("shape", [(3, 3, 3, 5), (2, 5, 1, 96), (4, 3, 2, 90), (1, 3, 1, 1)])
@pytest.mark.parametrize("m", BLOCK_SIZES)
def test_round_trip_of_runs(rng: np.random.Generator, shape: tuple[int, ...], m: int) -> None:
    """Runs whose borders divide blocks, with whole passes and with half of one behind them."""
    weights = random_weights(rng, shape, m)
    assert np.array_equal(unpack(pack(weights, m, ONCE, shape[1])), weights.reshape(len(weights), -1))


@pytest.mark.parametrize("m", BLOCK_SIZES)
def test_zeros_are_spread_where_cores_would_meet(m: int) -> None:
    """Over all positions, along a row and from channel to channel."""
    packed = pack(np.zeros((32, 3, 3, 16), np.int8), m, ONCE, runs=3)
    positions = ONCE.unpack(packed.indices, m, packed.values.shape, runs=3).astype(np.intp)
    assert np.bincount(positions.ravel(), minlength=m).max() < 1.1 * positions.size / m
    for axis in (0, 1):
        assert (np.diff(positions, axis=axis) != 0).mean() > 0.5


@pytest.mark.parametrize("layout", [BYTE_LANES, PAIRED, REPEATED], ids=str)
def test_zeros_have_index_0_in_other_layouts(layout: IndexLayout) -> None:
    assert not pack(np.zeros((3, 64), np.int8), 4, layout).indices.any()


@pytest.mark.parametrize(
    ("m", "layout", "bits", "saved"),
    [
        (4, BYTE_LANES, 2.5, 68.75),
        (8, BYTE_LANES, 1.5, 81.25),
        (16, BYTE_LANES, 0.75, 90.625),
        (4, REPEATED, 3, 62.5),
        (8, REPEATED, 2, 75),
        (16, REPEATED, 1, 87.5),
        (4, PAIRED, 2.5, 68.75),
        (8, PAIRED, 1.5, 81.25),
        (16, PAIRED, 0.75, 90.625),
    ],
)
def test_size_is_the_papers_table(
    rng: np.random.Generator, m: int, layout: IndexLayout, bits: float, saved: float
) -> None:
    weights = random_weights(rng, (6, 3, 3, 128), m)
    assert layout.bits_per_weight(m) == bits
    assert pack(weights, m, layout).size * 8 == bits * weights.size
    assert 100 * (1 - bits / 8) == saved


def word_of(fields: list[int], bits: int) -> int:
    return sum(field << i * bits for i, field in enumerate(fields))


def one_hot(indices: list[int], m: int) -> list[int]:
    """A row whose block i has i + 1 at the given index."""
    row = [0] * (m * len(indices))
    for i, index in enumerate(indices):
        row[m * i + index] = i + 1
    return row


def test_layout_by_hand() -> None:
    m4 = np.array([one_hot([3, 0, 1, 2, 0, 3, 3, 1], 4)], np.int8)
    m16 = np.array(
        [one_hot([15, 0, 9, 4], 16), one_hot([1, 2, 3, 5], 16), one_hot([7, 7, 7, 8], 16)], np.int8
    )
    assert pack(m4, 4, REPEATED).indices.tolist() == [
        [word_of([3, 3, 0, 0, 1, 1, 2, 2, 0, 0, 3, 3, 3, 3, 1, 1], 2)]
    ]
    assert pack(m4, 4, BYTE_LANES).indices.tolist() == [[0x06_0D_0C_03]]
    assert pack(m16, 16, REPEATED).indices[0].tolist() == [word_of([15, 15, 0, 0, 9, 9, 4, 4], 4)]
    assert pack(m16, 16, BYTE_LANES).indices[0].tolist() == [0x04_09_00_0F]
    assert pack(m16, 16, PAIRED).indices.tolist() == [
        [word_of([15, 1, 0, 2, 9, 3, 4, 5], 4)],
        [word_of([7, 0, 7, 0, 7, 0, 8, 0], 4)],
    ]
    assert pack(m4, 4, REPEATED).values.tolist() == [[1, 2, 3, 4, 5, 6, 7, 8]]


@pytest.mark.parametrize("m", BLOCK_SIZES)
@pytest.mark.parametrize("layout", [REPEATED, PAIRED], ids=str)
def test_instruction_finds_the_weights_place(rng: np.random.Generator, m: int, layout: IndexLayout) -> None:
    """The packed indices lead xdecimate to the positions of the dense row's values."""
    weights = random_weights(rng, (5, 11 * m - 3), m)
    packed = pack(weights, m, layout)
    padded = np.zeros((6, packed.values.shape[1] * m), np.int8)
    padded[:5, : weights.shape[1]] = weights
    per_word = 32 // (2 if m == 4 else 4)
    for row, words in enumerate(packed.indices):
        unit = Decimate()
        for block in range(packed.values.shape[1]):
            for side in range(2):
                channel = row if layout is REPEATED else 2 * row + side
                place = unit.address(m, 0, int(words[unit.csr // per_word]))
                unit.execute(m, 0, 0, 0, lambda _: 0)
                if channel < 5:
                    assert padded[channel, place] == packed.values[channel, block]


def test_prune_keeps_the_largest_and_ties_the_lowest_index(rng: np.random.Generator) -> None:
    row = np.array([[1, -128, 127, 0, 5, -5, 5, 5, 0, 0, 0, 0, 2]], np.int8)
    assert prune(row, 4).tolist() == [[0, -128, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 2]]
    floats = rng.normal(size=(3, 2, 2, 9))
    pruned = prune(floats, 8)
    assert pruned.dtype == floats.dtype
    assert ((pruned == floats) | (pruned == 0)).all()
    assert (pruned != 0).sum() == 3 * 5


@pytest.mark.parametrize("m", BLOCK_SIZES)
def test_sparsest_pattern_is_found(rng: np.random.Generator, m: int) -> None:
    weights = prune(rng.integers(1, 100, (4, 160)).astype(np.int8), m)
    assert sparsest(weights) == m
    assert [size for size in BLOCK_SIZES if obeys(weights, size)] == [s for s in BLOCK_SIZES if s <= m]
    assert sparsest(np.ones((1, 4), np.int8)) is None


def test_first_offending_block_is_named() -> None:
    weights = np.zeros((3, 1, 1, 18), np.int8)
    weights[1, 0, 0, [9, 12]] = 7, -3
    weights[2, 0, 0, [0, 1]] = 1
    with pytest.raises(
        UserError, match=r"1:8 sparse: channel 1, block 1 \(weights 8 to 15.*\[0, 7, 0, 0, -3, 0, 0, 0\]"
    ):
        pack(weights, 8, REPEATED)
    check_obeys(weights[:2], 4)
    with pytest.raises(UserError, match="one of 4, 8, 16, not 5"):
        pack(weights, 5, REPEATED)
