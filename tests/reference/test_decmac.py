"""The golden instructions against hand-worked figures, and the requantization that xdecq computes."""

import numpy as np
import pytest

from common.errors import UserError
from reference.decmac import Decmac, scaled
from reference.requantization import Requantization, Tier
from reference.requantize import from_scale, requantize
from reference.short_requantization import ShortRequantization, short_from_scale

MEMORY = 0x1000_0000


@pytest.mark.parametrize("m", [1, 4, 8, 16])
def test_four_executions_take_four_weights(m: int) -> None:
    indices = [3, 1, 2, 0] if m > 1 else [0] * 4
    word = sum(index << i * (2 if m == 4 else 4) for i, index in enumerate(indices))
    unit, addresses = Decmac(), []

    def load(address: int) -> int:
        addresses.append(address - MEMORY)
        return 0x80_7F_FF_01  # 1, -1, 127, -128

    for step in range(4):
        unit.multiply(m, 0x80_02_FF_03, MEMORY | 3, word, load)  # weights 3, -1, 2, -128
        assert unit.csr == 2 * (step + 1)
    assert addresses == [4 * (m * i + index) for i, index in enumerate(indices)]
    assert unit.accumulators.tolist() == [-124 * value for value in (1, -1, 127, -128)]


def test_a_fault_leaves_counter_and_accumulators() -> None:
    unit = Decmac(csr=6)
    with pytest.raises(ZeroDivisionError):
        unit.multiply(4, 1, 0, 0, lambda _: 1 // 0)
    assert unit.csr == 6
    assert not unit.accumulators.any()


def test_counter_address_and_accumulators_wrap() -> None:
    unit = Decmac(csr=0xFFFE, accumulators=np.full(4, (1 << 31) - 1, np.int32))
    assert unit.address(16, 0xFFFF_FFF0, 0xF000_0000) == (0xFFFF_FFF0 + 4 * (16 * 0x7FFF + 15)) & 0xFFFF_FFFC
    unit.multiply(1, 0x0100_0000, 0, 0, lambda _: 0x01)
    assert unit.csr == 0
    assert unit.accumulators.tolist() == [-(1 << 31), *[(1 << 31) - 1] * 3]


def test_xdecq_rounds_clips_and_clears() -> None:
    unit = Decmac(csr=8, accumulators=np.array([1000, -1000, 7, 1 << 30], np.int32))
    # 1000 * 0x8000 >> 16 is 500; (500 + 2) >> 2 is 125.
    assert unit.quantize(0x0002_8000, 2).to_bytes(4, "little") == bytes([125, (-125) & 0xFF, 1, 127])
    assert unit.csr == 0
    assert not unit.accumulators.any()
    wrapped = scaled(np.array([0x7FFF_FFFF]), 0xFFFF, 0, 0x7FFF_FFFF)
    assert wrapped.tolist() == [-128]  # the sum passes 32 bits


def test_four_exchanges_read_and_write_all() -> None:
    unit = Decmac(accumulators=np.array([1, -2, 3, 4], np.int32))
    assert [unit.exchange(value) for value in (5, 6, 0xFFFF_FFF9, 8)] == [1, 0xFFFF_FFFE, 3, 4]
    assert unit.accumulators.tolist() == [5, 6, -7, 8]


def test_short_requantization_is_xdecq(rng: np.random.Generator) -> None:
    """The one definition of requantization and the instruction give the same bytes."""
    scale = 2.0 ** rng.uniform(-20, -1, 50)
    bias = rng.integers(-100_000, 100_000, 50)
    short = short_from_scale(scale, bias, zero=-3)
    acc = (rng.uniform(-200, 200, (1000, 50)) / scale).astype(np.int32)
    acc = acc.clip(-(1 << 27), 1 << 27)
    assert short.tier(np.full(50, 1 << 27)) is Tier.SHORT
    expected = requantize(acc, short)
    for channel, (word, addend) in enumerate(short.records(np.zeros(50), Tier.SHORT).tolist()):
        outputs = scaled(acc[:, channel], word & 0xFFFF, word >> 16, addend)
        assert np.array_equal(outputs, expected[:, channel])


def test_sixteen_bits_seldom_differ_from_exact_rounding(rng: np.random.Generator) -> None:
    scale = 2.0 ** rng.uniform(-16, -6, 64)
    bias = rng.integers(-5000, 5000, 64)
    acc = (rng.uniform(-150, 150, (2000, 64)) / scale).astype(np.int64).clip(-(1 << 26), 1 << 26)
    exact = np.floor((acc + bias) * scale + 0.5).clip(-128, 127)
    differences = np.abs(requantize(acc.astype(np.int32), short_from_scale(scale, bias)) - exact)
    assert differences.max() <= 1
    assert differences.mean() < 0.005
    assert np.array_equal(requantize((acc + bias).astype(np.int32), from_scale(scale)), exact)


def test_zero_scales_and_large_ones() -> None:
    short = short_from_scale(np.array([0, 2.0**-40, 0.4999]), np.array([7, 7, 1 << 30]), zero=5)
    assert requantize(np.array([[1 << 20, 1 << 20, -(1 << 30)]]), short).tolist() == [[5, 5, 5]]
    for scale in (0.5, -0.1, np.nan):
        with pytest.raises(UserError, match=r"must be in 0..0.5 for a 16-bit multiplier"):
            short_from_scale(np.array([scale]), np.array([0]))
    with pytest.raises(UserError, match=r"zero point must be in -128..127, not 128"):
        short_from_scale(np.array([0.1]), np.array([0]), zero=128)


def test_factors_that_round_up_to_17_bits() -> None:
    """They are halved, unless the shift would not round any more; then the largest is near enough."""
    powers = np.array([0.25, 2.0**-9])
    below, exact = (short_from_scale(scale, np.array([9, -7])) for scale in (np.nextafter(powers, 0), powers))
    for name in ("mul", "add", "shift"):
        assert np.array_equal(getattr(below, name), getattr(exact, name))
    acc = np.arange(-255, 256)
    half = short_from_scale(np.array([np.nextafter(0.5, 0)]), np.array([0]))
    assert np.array_equal(requantize(acc[:, None], half)[:, 0], np.floor(acc * 0.49999 + 0.5).clip(-128, 127))


def test_the_product_of_the_bias_is_rounded() -> None:
    """To multiples of a half, for a shift by 1; the other half is that of the output's rounding."""
    short = short_from_scale(np.full(4, 0.25), np.array([1, -1, 2, -3]))
    assert (short.add >> 32).tolist() == [2, 1, 2, 0]


@pytest.mark.parametrize(
    ("mul", "add", "shift"), [(3 << 15, 0, 40), (1 << 32, 0, 40), (0, 5, 40), (0, 0, 31)]
)
def test_what_does_not_fit_xdecq(mul: int, add: int, shift: int) -> None:
    with pytest.raises(UserError, match="mul must be a 16-bit factor"):
        ShortRequantization(np.array([mul]), np.array([add]), np.array([shift]))


@pytest.mark.parametrize("bias", [1 << 30, -(1 << 30)])
def test_a_sum_that_could_pass_32_bits(bias: int) -> None:
    short = short_from_scale(np.array([0.49]), np.array([bias]))
    assert short.tier(np.array([1 << 28])) is Tier.SHORT
    with pytest.raises(UserError, match="channel 0 passes 32 bits"):
        short.tier(np.array([(1 << 31) - 1]))


def test_a_bias_beside_the_addend() -> None:
    short = short_from_scale(np.array([0.1]), np.array([5]))
    short.check_bias(np.array([0]))
    with pytest.raises(UserError, match="the bias of channel 0 must be 0"):
        short.check_bias(np.array([5]))
    assert isinstance(short, Requantization)
