"""XDecmac in the model against its golden model, and at its corners."""

from collections.abc import Callable

import numpy as np
import pytest

from hw.config import MEMORY_MAP, XDECIMATE, XDECMAC, config_named
from hw.instructions import ADDRESSES
from reference.decmac import Decmac
from sim.iss.machine import Machine
from sim.iss.traps import Cause
from verif.programs.prologue import in_context
from verif.units.verification import verification

DATA = MEMORY_MAP.l1.base
XACC = ADDRESSES["xacc"]
WORDS = 4096


#: Variants by configuration: accumulators, and bits of each.
VARIANTS = {"xdecmac": (4, 32), "xdecmac8": (8, 32), "xdecimate+xdecmac28": (4, 28)}


def accumulators(machine: Machine, positions: int = 4) -> list[int]:
    """Read and restored as a context switch does: the chain has moved around once."""
    values = []
    for _ in range(positions):
        values.append(machine.csrs.read("xacc"))
        machine.csrs.write("xacc", values[-1])
    return values


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("m", [1, 4, 8, 16])
def test_a_stream_is_the_golden_models(
    start: Callable, word: Callable, m: int, variant: str, rng: np.random.Generator
) -> None:
    positions, width = VARIANTS[variant]
    memory = rng.integers(0, 1 << 32, WORDS, dtype=np.uint32)
    calls = 24
    indices, weights = (int(value) for value in rng.integers(0, 1 << 32, 2))
    parameters, addend = 0x1234 | 5 << 16, 0xFFFF_FF00
    quantize = word("xdecq", rd=8, rs1=9, rs2=10)
    words = [word(f"xdecmac.m{m}", rs3=5, rs1=6, rs2=7)] * calls + [quantize] * 2
    registers = {5: weights, 6: DATA + 3, 7: indices, 9: parameters, 10: addend}
    machine = start(words, registers, config=config_named(variant))
    machine.memory.write(DATA, memory.tobytes())
    golden = Decmac(csr=11, accumulators=np.zeros(positions, np.int32), width=width)
    machine.csrs.write("xdecimate", 11)
    for value in range(positions):  # such that sums of either width wrap
        machine.csrs.write("xacc", (1 << width - 1) - 1 - value)
        golden.exchange((1 << width - 1) - 1 - value)
    for _ in range(calls):
        assert machine.step().trap is None
        golden.multiply(m, weights, DATA + 3, indices, lambda address: int(memory[(address - DATA) // 4]))
    assert machine.csrs.read("xdecimate") == golden.csr == 11 + 8 * calls // positions
    assert accumulators(machine, positions) == golden.accumulators.view(np.uint32).tolist()
    for _ in range(2):
        machine.step()
        assert machine.registers[8] == golden.quantize(parameters, addend)
        assert accumulators(machine, positions) == golden.accumulators.view(np.uint32).tolist()
    assert not golden.accumulators.any()
    assert machine.csrs.read("xdecimate") == 0


@pytest.mark.parametrize(
    ("total", "parameters", "addend", "byte"),
    [
        (-1, 0xFFFF, 0, 0xFF),  # rounds down
        (1, 0xFFFF, 0, 0),
        (-(1 << 31), 0xFFFF, 0, 0x80),  # the largest product
        (0, 0, 0x7FFF_FFFF, 0x7F),
        (1 << 16, 1, 0x7FFF_FFFF, 0x80),  # the sum wraps
        (-(1 << 31), 0x8000 | 31 << 16, 0, 0xFF),
        (0x7F << 20, 1 | 4 << 16, 0, 0x7F),
        (0x80 << 20, 1 | 4 << 16, 0, 0x7F),
        (-0x80 << 20, 1 | 4 << 16, 0, 0x80),
        (1 << 30, 4 | 0xFFE0_0000, 1, 0x7F),  # bits above the shift are ignored
    ],
)
def test_xdecq_at_its_corners(
    start: Callable, word: Callable, total: int, parameters: int, addend: int, byte: int
) -> None:
    machine = start([word("xdecq", rd=8, rs1=9, rs2=10)], {9: parameters, 10: addend}, config=XDECMAC)
    golden = Decmac()
    for value in (0, 0, total, 0):
        machine.csrs.write("xacc", value & 0xFFFF_FFFF)
        golden.exchange(value & 0xFFFF_FFFF)
    machine.step()
    assert machine.registers[8] >> 16 & 0xFF == byte
    assert machine.registers[8] == golden.quantize(parameters, addend)


def test_the_address_is_rounded_down_and_a_fault_changes_nothing(start: Callable, word: Callable) -> None:
    machine = start([word("xdecmac.m4", rs3=5, rs1=6, rs2=7)], {5: 1, 6: 0x103, 7: 3}, config=XDECMAC)
    machine.csrs.write("xacc", 77)
    step = machine.step()
    assert step.trap is not None
    assert (step.trap.cause, step.trap.value) == (Cause.LOAD_ACCESS, 0x103 + 12 & ~3)
    assert accumulators(machine) == [0, 0, 0, 77]
    assert machine.csrs.read("xdecimate") == 0


def test_csrrs_of_x0_leaves_the_chain(start: Callable, word: Callable) -> None:
    words = [word("csrrs", rd=5, csr=XACC, rs1=0), word("csrrs", rd=6, csr=XACC, rs1=7)]
    machine = start(words, {7: 0x8000_0001}, config=XDECMAC)
    for value in (1, 2, 4, 8):
        machine.csrs.write("xacc", value)
    machine.run(2)
    assert (machine.registers[5], machine.registers[6]) == (1, 1)
    assert accumulators(machine) == [2, 4, 8, 0x8000_0001]


def test_a_handler_that_uses_it_saves_and_restores_it(start: Callable) -> None:
    saved, free = 11, 12
    (unit,) = (unit for unit in XDECMAC.units if unit.extension == "xdecmac")
    words = in_context(unit, saved, free, verification(unit).guest(saved, free))
    machine = start(words, {}, config=XDECMAC)
    values = [5, 0xFFFF_FFFE, 0x1234_5678, 9]
    for value in values:
        machine.csrs.write("xacc", value)
    machine.csrs.write("xdecimate", 0x8765)
    for _ in words:
        assert machine.step().trap is None
    assert accumulators(machine) == values
    assert machine.csrs.read("xdecimate") == 0x8765


def test_absent_without_the_extension(start: Callable, word: Callable) -> None:
    words = [word(f"xdecmac.m{m}", rs3=5, rs1=6, rs2=7) for m in (1, 4, 8, 16)]
    words += [word("xdecq", rd=5, rs1=6, rs2=7), word("csrrs", rd=5, csr=XACC, rs1=0)]
    for instruction in words:
        trap = start([instruction], {6: DATA}, config=XDECIMATE).step().trap
        assert trap is not None
        assert trap.cause == Cause.ILLEGAL_INSTRUCTION
