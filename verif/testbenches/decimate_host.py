"""The core's side of the XDecimate unit for its bench: driver, model and checker, cycle by cycle.

One object plays an execute and a write-back stage with a memory behind. What it expects comes from
``reference.decimate``; where bytes come from is a hash of their address, so that every address tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from cocotb.triggers import ReadOnly, RisingEdge

from reference.decimate import INDEX_BITS, Decimate
from verif.testbenches.rates import Rates

#: Values of ``issue_operation``.
OPERATIONS = {4: 0, 8: 1, 16: 2, None: 3}
REGISTERS = 8


@dataclass(frozen=True)
class Instruction:
    """``xdecimate.mM rd, rs1, rs2`` with register values for the sources; ``m`` None is a clear."""

    m: int | None
    rd: int = 0
    rs1: int = 0
    rs2: int = 0


@dataclass(frozen=True)
class _InFlight:
    rd: int
    value: int
    counter: int


def byte_at(address: int) -> int:
    """The byte of the memory at an address."""
    return (address * 0x9E3779B1 >> 13 ^ address) & 0xFF


class Host:
    """Drives a stream of instructions through the unit and checks all its outputs in every cycle.

    An instruction that is killed or faults is issued again, as after a trap handler, so that the
    registers at the end are those of the golden model alone.
    """

    def __init__(self, dut: Any, random: Random, rates: Rates) -> None:
        self.registers = [random.getrandbits(32) for _ in range(REGISTERS)]
        self.golden = Decimate()
        self.cycles = 0
        self.rates = rates
        self._dut, self._random = dut, random
        self._in_flight: _InFlight | None = None
        self._last_rd: int | None = None  # of the instruction committed last, if it could be forwarded

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    async def reset(self) -> None:
        dut = self._dut
        for name in ("issue_valid", "commit_valid", "mem_result_valid", "csr_we"):
            getattr(dut, name).value = 0
        dut.rst.value = 1
        for _ in range(2):
            await RisingEdge(dut.clk)
        dut.rst.value = 0

    async def run(self, instructions: Sequence[Instruction]) -> None:
        """Run instructions to their end; every output is checked in every cycle."""
        position = 0
        issued: list[int] = []  # positions of committed instructions without an answer
        while position < len(instructions) or self._in_flight:
            dut, rates = self._dut, self.rates
            present = position < len(instructions) and not self._happens(rates.bubble)
            instruction = instructions[position] if position < len(instructions) else Instruction(None)
            answered = self._in_flight is not None and self._happens(rates.response)
            fault = answered and self._happens(rates.fault)
            free = self._in_flight is None or (answered and not fault)
            write = free and self._happens(rates.csr_write)
            granted = instruction.m is None or self._happens(rates.grant)
            commit = present and free and not write and granted and not self._happens(rates.kill)

            self._drive(instruction, present, commit, answered, fault)
            written = self._random.getrandbits(16)
            dut.csr_we.value, dut.csr_wdata.value = write, written
            await ReadOnly()
            self._check(instruction, present, answered and not fault)

            # What the clock edge does.
            counter = self._in_flight.counter if self._in_flight and not fault else self.golden.csr
            if answered:
                assert self._in_flight is not None
                answered_position = issued.pop()
                if fault:
                    position, self._last_rd = answered_position, None
                else:
                    self.registers[self._in_flight.rd] = self._in_flight.value
                    self.golden.csr = counter
                self._in_flight = None
            if write:
                self.golden.csr = written
            if commit:
                self._commit(instruction)
                if instruction.m is not None:
                    issued.append(position)
                position += 1
            self.cycles += 1
            await RisingEdge(dut.clk)

    def _drive(
        self, instruction: Instruction, present: bool, commit: bool, answered: bool, fault: bool
    ) -> None:
        dut, random = self._dut, self._random
        forward = self._last_rd == instruction.rd and (self._in_flight is not None or self._happens(0.5))
        stale = forward or instruction.m is None
        dut.issue_valid.value = present
        dut.issue_operation.value = OPERATIONS[instruction.m]
        dut.issue_rs1.value = instruction.rs1
        dut.issue_rs2.value = instruction.rs2
        dut.issue_rs3.value = random.getrandbits(32) if stale else self.registers[instruction.rd]
        dut.issue_forward.value = forward
        dut.commit_valid.value = commit
        byte = random.getrandbits(8)
        if answered and not fault:
            assert self._in_flight is not None
            byte = self._answer
        dut.mem_result_valid.value = answered
        dut.mem_result_err.value = fault
        dut.mem_result_rdata.value = byte

    def _commit(self, instruction: Instruction) -> None:
        """Take an instruction into write-back, with the value that the golden model gives its register."""
        if instruction.m is None:
            self.golden.clear()
            self._last_rd = None
            return
        ahead = Decimate(self.golden.csr)
        address = ahead.address(instruction.m, instruction.rs1, instruction.rs2)
        self._answer = byte_at(address)
        before = self.registers[instruction.rd]
        value = ahead.execute(instruction.m, before, instruction.rs1, instruction.rs2, byte_at)
        self._in_flight = _InFlight(instruction.rd, value, ahead.csr)
        self._last_rd = instruction.rd

    def _check(self, instruction: Instruction, present: bool, result: bool) -> None:
        dut = self._dut
        ahead = self._in_flight.counter if self._in_flight else self.golden.csr
        self._equal("csr_rdata", ahead, instruction)
        requests = present and instruction.m is not None
        self._equal("mem_valid", requests, instruction)
        if requests:
            assert instruction.m is not None
            address = Decimate(ahead).address(instruction.m, instruction.rs1, instruction.rs2)
            self._equal("mem_addr", address, instruction)
        self._equal("result_valid", result, instruction)
        if result:
            assert self._in_flight is not None
            self._equal("result_data", self._in_flight.value, instruction)
        assert dut.rst.value == 0

    def _equal(self, name: str, expected: int, instruction: Instruction) -> None:
        found = int(getattr(self._dut, name).value)
        assert found == expected, (
            f"cycle {self.cycles}: {name} is {found:#x}, must be {int(expected):#x}; in execute: "
            f"m={instruction.m} rd={instruction.rd} rs1={instruction.rs1:#010x} rs2={instruction.rs2:#010x}, "
            f"counter {self.golden.csr:#06x}, in write-back: {self._in_flight}"
        )


def random_instructions(random: Random, count: int, *, clears: float = 0.05) -> list[Instruction]:
    """Any operation, few registers, addresses anywhere."""
    return [
        Instruction(
            m=None if random.random() < clears else random.choice(tuple(INDEX_BITS)),
            rd=random.randrange(REGISTERS) if random.random() < 0.5 else 1,
            rs1=random.getrandbits(32),
            rs2=random.getrandbits(32),
        )
        for _ in range(count)
    ]
