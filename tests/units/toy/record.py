"""A unit with one hidden register: an instruction adds to it and returns what it held, another resets it."""

from functools import partial
from typing import Any

from amaranth.hdl import Module, Signal, unsigned
from amaranth.lib import enum
from amaranth.lib.wiring import Component, In, Out

from hw.isa.csr import Csr
from hw.isa.instruction import Cycles, rows
from hw.units.unit import State, Unit


class Operation(enum.Enum, shape=unsigned(1)):
    ADD = 0
    RESET = 1


class Accumulator(Component):
    """The hidden register; ``start`` is what it holds after reset."""

    valid: Any
    operation: Any
    addend: Any
    csr_we: Any
    csr_wdata: Any
    total: Any

    def __init__(self, start: int) -> None:
        self._start = start
        super().__init__(
            {
                "valid": In(1),
                "operation": In(Operation),
                "addend": In(32),
                "csr_we": In(1),
                "csr_wdata": In(32),
                "total": Out(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m: Any = Module()
        total = Signal(32, init=self._start)
        m.d.comb += self.total.eq(total)
        with m.If(self.csr_we):
            m.d.sync += total.eq(self.csr_wdata)
        with m.Elif(self.valid & (self.operation == Operation.RESET)):
            m.d.sync += total.eq(self._start)
        with m.Elif(self.valid):
            m.d.sync += total.eq(total + self.addend)
        return m


TOTAL = State(name="total", csr=Csr("xtotal", 0x801, "xtoy", False, "the sum"), width=32, reset=5)

INSTRUCTIONS = rows(
    "xtoy",
    (
        ("xtoy.add", "0000000 00000 rs1 110 rd 0101011", "rd, rs1", "toy.add", Cycles.SINGLE),
        ("xtoy.reset", "0000001 00000 00000 110 00000 0101011", "", "toy.reset", Cycles.SINGLE),
    ),
)


def _connect(m: Any, core: Any, pipeline: Any) -> None:
    unit, csrs, ex = pipeline.parts.toy, pipeline.parts.csr_file, pipeline.ex
    m.d.comb += [
        unit.valid.eq(pipeline.ex_done & ex.controls.toy),
        unit.operation.eq(ex.controls.toy_operation),
        unit.addend.eq(ex.a),
        unit.csr_we.eq(csrs.toy_write),
        unit.csr_wdata.eq(csrs.toy_data),
        csrs.toy_total.eq(unit.total),
    ]
    with m.If(ex.controls.toy):
        m.d.comb += pipeline.ex_result.eq(unit.total)


TOY = Unit(
    name="toy",
    extension="xtoy",
    source="this file",
    needs=("m",),
    instructions=INSTRUCTIONS,
    pseudocode={"xtoy.add": "rd = total; total = total + rs1", "xtoy.reset": "total = 5"},
    state=(TOTAL,),
    operation=Operation,
    decode=lambda row: {},
    component=lambda config: Accumulator(TOTAL.reset),
    connect=_connect,
    standalone=partial(Accumulator, TOTAL.reset),
    model="tests.units.toy.model",
    verification="tests.units.toy.verification",
)
