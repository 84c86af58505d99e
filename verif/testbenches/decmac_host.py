"""The core's side of the XDecmac unit for its bench: driver, model and checker, cycle by cycle.

One object plays execute, write-back and the stage behind it, with the parts that the unit borrows:
XDecimate's counter, the load/store unit's register and the multiplier. What it expects comes from
``reference.decmac``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from cocotb.triggers import ReadOnly, RisingEdge

from reference.decimate import COUNTER_MASK
from reference.decmac import FACTOR_BITS, LANES, Decmac, int8_lanes
from verif.testbenches.rates import Rates

_INPUTS = (
    *("rst", "issue_weights", "issue_lane", "commit_valid", "mem_result_valid", "products"),
    *("quantize_step", "quantize_valid", "scale_sum", "scale_amount", "scaled", "kept"),
    *("csr_we", "csr_wdata"),
)


@dataclass(frozen=True)
class Multiply:
    """``xdecmac`` with four weights (the value of rs3), and the word that memory answers."""

    weights: int
    word: int


@dataclass(frozen=True)
class Quantize:
    """``xdecq`` with the values of rs1 and rs2."""

    rs1: int
    rs2: int


@dataclass(frozen=True)
class Exchange:
    """A write of xacc, which reads it."""

    value: int


@dataclass(frozen=True)
class Count:
    """A write of XDecimate's counter."""

    value: int


@dataclass(frozen=True)
class Reset:
    """Reset for a cycle, whatever is under way."""


Action = Multiply | Quantize | Exchange | Count | Reset


def scaled(total: int, action: Quantize) -> dict[str, int]:
    """Inputs from the multiplier for an accumulator of an ``xdecq``: a sum, its shift, the lower byte."""
    factor, amount = action.rs1 & (1 << FACTOR_BITS) - 1, action.rs1 >> FACTOR_BITS & 31
    value = (total * factor >> FACTOR_BITS) + action.rs2 & 0xFFFF_FFFF
    shifted = value - ((value & 1 << 31) << 1) >> amount
    return {"scale_sum": value, "scale_amount": amount, "scaled": shifted & 0xFF}


class Host:
    """Drives a stream of actions through the unit and checks all its outputs in every cycle.

    An ``xdecmac`` that is killed or faults is issued again, as after a trap handler. Inputs are random while
    the protocol leaves them free.
    """

    def __init__(self, dut: Any, random: Random, rates: Rates) -> None:
        self.positions = LANES * (2 if hasattr(dut, "issue_bank") else 1)
        self.rates = rates
        self.cycles = 0
        self._dut, self._random = dut, random
        self._width = len(dut.accumulator)
        self._forget()

    def _forget(self) -> None:
        """State after reset."""
        self.golden = Decmac(accumulators=np.zeros(self.positions, np.int32), width=self._width)
        self._answers: Multiply | None = None  # the one in write-back
        self._multiplies: Multiply | None = None
        self._step = 0
        self._first: list[int] = []  # the accumulators that an xdecq scales
        self._made = 0  # its rd
        self._kept = 0

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    async def run(self, actions: Sequence[Action]) -> None:
        """Run actions to their end; every output is checked in every cycle."""
        position = 0
        while position < len(actions) or self._answers or self._multiplies:
            action = actions[position] if position < len(actions) else None
            position += await self._cycle(action)
            self.cycles += 1

    async def _cycle(self, action: Action | None) -> int:
        """One cycle with this action in execute; returns how many actions it advances: 1, 0 or -1."""
        dut, rates = self._dut, self.rates
        if isinstance(action, Reset):
            self._drive(rst=1)
            await RisingEdge(dut.clk)
            self._forget()
            return 1
        answered = self._answers is not None and self._happens(rates.response)
        fault = answered and self._happens(rates.fault)
        free = self._answers is None or (answered and not fault)
        idle = self._answers is None and self._multiplies is None
        present = self._step > 0 or not self._happens(rates.bubble)
        commits = (
            isinstance(action, Multiply)
            and present
            and free
            and self._happens(rates.grant)
            and not self._happens(rates.kill)
        )
        quantizes = isinstance(action, Quantize) and present and idle
        writes = isinstance(action, Exchange) and present and idle
        handler = idle and not commits and not quantizes and not writes and self._happens(rates.csr_write)
        if handler:
            action, writes = Exchange(self._random.getrandbits(32)), True

        inputs: dict[str, int] = {}
        if isinstance(action, Multiply) and commits:
            inputs |= self._issue(action)
        if self._multiplies:
            inputs["products"] = self._products(self._multiplies)
        if isinstance(action, Quantize) and quantizes:
            inputs |= self._scale(action)
        if isinstance(action, Exchange) and writes:
            inputs["csr_wdata"] = action.value & (1 << self._width) - 1
        self._drive(
            rst=0,
            commit_valid=commits,
            mem_result_valid=answered and not fault,
            quantize_valid=quantizes,
            csr_we=writes,
            **inputs,
        )
        await ReadOnly()
        self._check(quantizes)
        if quantizes:
            self._kept = int(dut.bytes.value)
        await RisingEdge(dut.clk)

        # What the clock edge does.
        if self._multiplies:
            word = self._multiplies.word
            self.golden.multiply(1, self._multiplies.weights, 0, 0, lambda _: word)
        self._multiplies = self._answers if answered and not fault else None
        if answered:
            self._answers = None
        if fault:
            return -1  # nothing left execute since the one that faults
        if isinstance(action, Multiply) and commits:
            self._answers = action
        if quantizes:
            self._step = (self._step + 1) % (LANES + 1)
        if isinstance(action, Exchange) and writes:
            self.golden.exchange(action.value)
        if isinstance(action, Count) and present and idle:
            self.golden.csr = action.value & COUNTER_MASK
            return 1
        return int(commits or (writes and not handler) or (quantizes and self._step == 0))

    def _drive(self, **inputs: int) -> None:
        """These inputs, and random bits on all others."""
        banked = ("issue_bank",) if self.positions > LANES else ()
        for name in (*_INPUTS, *banked):
            port = getattr(self._dut, name)
            port.value = inputs[name] if name in inputs else self._random.getrandbits(len(port))

    def _issue(self, action: Multiply) -> dict[str, int]:
        """The instruction leaves execute; it sees the counter as if all before it had counted."""
        on_their_way = (self._answers is not None) + (self._multiplies is not None)
        counter = self.golden.csr + 2 * LANES // self.positions * on_their_way
        bank = {"issue_bank": counter & 1} if self.positions > LANES else {}
        return {"issue_weights": action.weights, "issue_lane": counter >> 1 & 3} | bank

    def _weight(self, action: Multiply) -> int:
        return int(int8_lanes(action.weights)[self.golden.csr >> 1 & 3])

    def _products(self, action: Multiply) -> int:
        products = [int(byte) * self._weight(action) for byte in int8_lanes(action.word)]
        return sum((product & 0xFFFF) << 16 * lane for lane, product in enumerate(products))

    def _scale(self, action: Quantize) -> dict[str, int]:
        if self._step == 0:
            self._first = self.golden.accumulators[:LANES].tolist()
            self._made = self.golden.quantize(action.rs1, action.rs2)
            return {"quantize_step": 0}
        multiplied = scaled(self._first[self._step - 1], action)
        return {"quantize_step": self._step, "kept": self._kept} | multiplied

    def _check(self, quantizes: bool) -> None:
        first = int(self.golden.accumulators[0])
        if quantizes and self._step < LANES:
            first = self._first[self._step]
        self._equal("accumulator", first & (1 << self._width) - 1)
        self._equal("multiply_valid", self._multiplies is not None)
        if self._multiplies:
            self._equal("multiply_weight", self._weight(self._multiplies) & 0xFF)
        if quantizes and self._step:
            below = 8 * (LANES - self._step)
            self._equal("bytes", (self._made << below & 0xFFFF_FFFF) >> below, below)

    def _equal(self, name: str, expected: int, below: int = 0) -> None:
        found = int(getattr(self._dut, name).value) >> below
        assert found == expected, (
            f"cycle {self.cycles}: {name} is {found:#x}, must be {int(expected):#x}; step {self._step}, "
            f"counter {self.golden.csr:#06x}, in write-back: {self._answers}, multiplied: {self._multiplies}"
        )
