"""The golden addition of XDecmac against the exact sum and the golden instructions."""

import numpy as np
import pytest

from common.errors import UserError
from reference.add import Addition, add
from reference.decmac import FACTOR_BITS, Decmac
from reference.quantization import Quantization
from reference.requantization import Clip
from reference.short_addition import MOST_ERROR, ShortAddition, add_short

CODES = np.arange(-128, 128, dtype=np.int8)
FIRST, SECOND = (array.ravel() for array in np.meshgrid(CODES, CODES))


def random_parts(rng: np.random.Generator) -> list[Quantization]:
    scales = [rng.uniform(0.01, 0.1), rng.uniform(0.01, 0.1), rng.uniform(0.05, 0.1)]
    return [Quantization(scale, int(rng.integers(-128, 128))) for scale in scales]


def test_few_sums_differ_from_the_exact_ones(rng: np.random.Generator):
    different, refused = [], 0
    for _ in range(100):
        parts = random_parts(rng)
        short = ShortAddition.of(*parts)
        if short is None:
            refused += 1
            continue
        assert short.error(*parts) <= MOST_ERROR
        steps = add_short(FIRST, SECOND, short).astype(int) - add(FIRST, SECOND, Addition.of(*parts))
        assert np.abs(steps).max() <= 1
        different.append((steps != 0).mean())
    assert refused < 30
    assert 0 < np.mean(different) < 0.01
    assert max(different) <= 2 * MOST_ERROR


def test_equal_scales_are_exact():
    same = Quantization(0.05)
    for out in (Quantization(0.1), Quantization(0.08)):
        short = ShortAddition.of(same, same, out, lo=0)
        assert short is not None
        assert short.w1 == short.w2
        assert short.clip is Clip.RELU
        exact = add(FIRST, SECOND, Addition.of(same, same, out, lo=0))
        assert np.mean(exact != add_short(FIRST, SECOND, short)) < 1e-3


def test_scales_between_two_quotients_of_weights_are_refused():
    first, out = Quantization(0.1), Quantization(0.1)
    assert ShortAddition.of(first, Quantization(0.1), out) is not None
    assert ShortAddition.of(first, Quantization(0.1 * (1 - 1 / 254)), out) is None
    assert ShortAddition.of(first, Quantization(0.1 * 126 / 127), out) is not None


def test_the_instructions_give_the_same(rng: np.random.Generator):
    parts = [Quantization(0.03, 4), Quantization(0.05, -9), Quantization(0.06, 1)]
    short = ShortAddition.of(*parts)
    assert short is not None
    words = rng.integers(-128, 128, (2, 50, 4)).astype(np.int8)
    unit = Decmac()
    for a, b in zip(*words, strict=True):
        for word in (a, b):
            content = int(word.view("<u4")[0])
            unit.multiply(1, (short.w1 & 0xFF) | (short.w2 & 0xFF) << 8, 0, 0, lambda _, word=content: word)
        found = unit.quantize(short.factor | short.shift << FACTOR_BITS, short.addend & 0xFFFF_FFFF)
        assert np.array_equal(np.array([found], "<u4").view(np.int8), add_short(a, b, short))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"w1": 128}, r"w1 must be in -128\.\.127, not 128"),
        ({"factor": 1 << 16}, r"factor must be in 0\.\.65535, not 65536"),
        ({"shift": 32}, r"shift must be in 0\.\.31, not 32"),
        ({"addend": 2**31 - 1}, r"the sum can reach \d+, .* take a smaller shift"),
    ],
)
def test_what_the_instructions_cannot_have_is_refused(wrong: dict[str, int], message: str):
    with pytest.raises(UserError, match=message):
        ShortAddition(**{"w1": 1, "w2": 1, "factor": 40000, "addend": 0, "shift": 7} | wrong)
