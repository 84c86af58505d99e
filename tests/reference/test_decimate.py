"""The golden instruction against hand-worked figures."""

import pytest

from reference.decimate import Decimate

MEMORY = 0x1000_0000


@pytest.mark.parametrize("m", [4, 8, 16])
def test_eight_executions_fill_two_registers(m: int) -> None:
    bits = 2 if m == 4 else 4
    indices = [3, 1, 2, 0, 1, 3, 0, 2]
    word = sum(index << i * bits for i, index in enumerate(indices))
    unit, registers, addresses = Decimate(), [0xAAAA_AAAA, 0x5555_5555], []

    def load(address: int) -> int:
        addresses.append(address - MEMORY)
        return len(addresses)

    for i in range(8):
        registers[i % 2] = unit.execute(m, registers[i % 2], MEMORY, word, load)
        assert unit.csr == i + 1
        if i == 1:
            assert registers == [0xAAAA_AA01, 0x5555_5502]
    assert registers == [0x0705_0301, 0x0806_0402]
    assert addresses == [m * (i // 2) + index for i, index in enumerate(indices)]
    unit.clear()
    assert unit.csr == 0


def test_index_words_of_m4_last_two_iterations() -> None:
    unit = Decimate(csr=8)
    assert unit.address(4, 0, 0b11 << 16) == 4 * 4 + 3
    assert Decimate(csr=8).address(8, 0, 0x5) == 8 * 4 + 5


def test_four_bit_index_of_m8_reaches_the_next_block() -> None:
    assert Decimate().address(8, 0, 0xF) == 15


def test_counter_and_address_wrap() -> None:
    unit = Decimate(csr=0xFFFF)
    assert unit.address(16, 0xFFFF_FFF0, 0xF000_0000) == (0xFFFF_FFF0 + 16 * 0x7FFF + 15) & 0xFFFF_FFFF
    assert unit.execute(16, 0, 0, 0, lambda _: 0x7F) == 0x7F00_0000
    assert unit.csr == 0


def test_a_fault_leaves_the_counter() -> None:
    unit = Decimate(csr=5)
    with pytest.raises(ZeroDivisionError):
        unit.execute(4, 0, 0, 0, lambda _: 1 // 0)
    assert unit.csr == 5
