"""The XDecimate unit against its specification, for any host that keeps the protocol.

The specification is of instructions, not of cycles: a shadow of the architectural counter, and the operands
that the instruction in write-back had. The host's choices (operands, stalls, grants, responses, faults,
flushes, CSR accesses) are free in every cycle, within the protocol that ``DecimateUnit`` states.
"""

from amaranth.hdl import Assert, Assume, Module, Mux, ResetSignal, Signal, Value
from amaranth.lib.wiring import Component, In

from hw.units.decimate.unit import DecimateUnit
from verif.formal.harness import reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof
from verif.units.decimate.coprocessor import PROOF as COPROCESSOR

M4, M8, M16, CLEAR = range(4)  # funct7


def address(operation: Value, counter: Value, rs1: Value, rs2: Value) -> Value:
    """``rs1 + M * counter[15:1] + index``, as the paper writes it (section 4)."""
    index = Mux(
        operation == M4,
        (rs2 >> (2 * counter[:4])) & 0b11,
        (rs2 >> (4 * counter[:3])) & 0b1111,
    )
    block = counter >> 1
    return (rs1 + Mux(operation == M4, 4 * block, Mux(operation == M8, 8 * block, 16 * block)) + index)[:32]


def merged(counter: Value, rd: Value, byte: Value) -> Value:
    """rd with lane ``counter[2:1]`` replaced by the byte."""
    shift = (counter[1:3] << 3)[:5]
    return (rd & ~(0xFF << shift)[:32]) | (byte << shift)[:32]


class UnitHarness(Component):
    """The unit beside the specification.

    Parameters
    ----------
    standalone : bool
        As the unit's. If not, the harness lends it the register, and writes to it whenever a host may.
    """

    def __init__(self, *, standalone: bool) -> None:
        self._standalone = standalone
        super().__init__(
            {
                "issue_valid": In(1),
                "operation": In(2),
                "rs1": In(32),
                "rs2": In(32),
                "rs3": In(32),
                "forward": In(1),
                "commit": In(1),
                "response": In(1),
                "byte": In(8),
                "error": In(1),
                "csr_we": In(1),
                "csr_wdata": In(16),
                "host_we": In(1),
                "host_data": In(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        unit = DecimateUnit(standalone=self._standalone)
        inside = Inside(unit)
        m.submodules.unit = inside.fragment
        reset_once(m)
        m.d.comb += [
            unit.issue_valid.eq(self.issue_valid),
            unit.issue_operation.eq(self.operation),
            unit.issue_rs2.eq(self.rs2),
            unit.issue_rs3.eq(self.rs3),
            unit.issue_forward.eq(self.forward),
            unit.commit_valid.eq(self.commit),
            unit.mem_result_valid.eq(self.response),
            unit.mem_result_rdata.eq(self.byte),
            unit.mem_result_err.eq(self.error),
            unit.csr_we.eq(self.csr_we),
            unit.csr_wdata.eq(self.csr_wdata),
        ]

        # The architecture: the counter, the instruction in write-back, the result of the last one.
        counter = Signal(16)
        busy = Signal()
        rd_before = Signal(32)  # of the instruction in write-back
        last_result = Signal(32)
        may_forward = Signal()  # the instruction committed last is an xdecimate, and it did not fault
        commits, retires, faults, frees = Signal(), Signal(), Signal(), Signal()
        rd_now, result, counter_now = Signal(32), Signal(32), Signal(16)
        m.d.comb += [
            commits.eq(self.issue_valid & self.commit),
            retires.eq(busy & self.response & ~self.error),
            faults.eq(busy & self.response & self.error),
            frees.eq(~busy | retires),
            result.eq(merged(counter, rd_before, self.byte)),
            rd_now.eq(Mux(self.forward, Mux(retires, result, last_result), self.rs3)),
            counter_now.eq(counter + retires),
        ]
        with m.If(retires):
            m.d.sync += [busy.eq(0), counter.eq(counter_now), last_result.eq(result)]
        with m.If(faults):
            m.d.sync += [busy.eq(0), may_forward.eq(0)]
        with m.If(commits & (self.operation == CLEAR)):
            m.d.sync += [counter.eq(0), may_forward.eq(0)]
        with m.If(commits & (self.operation != CLEAR)):
            m.d.sync += [busy.eq(1), may_forward.eq(1), rd_before.eq(rd_now)]
        with m.If(self.csr_we):
            m.d.sync += [counter.eq(self.csr_wdata), may_forward.eq(0)]

        # The protocol.
        m.d.comb += [
            Assume(~commits | frees),
            Assume(~self.csr_we | (frees & ~commits)),
            Assume(~(self.forward & commits) | may_forward),
        ]
        held = inside["held"] if self._standalone else Signal(32)
        if self._standalone:
            m.d.comb += unit.issue_rs1.eq(self.rs1)
            m.d.comb += Assume(~self.host_we)
            seen = unit.mem_addr
        else:
            m.d.comb += [unit.hold_rdata.eq(held), Assume(~self.host_we | ~busy)]
            with m.If(unit.hold_we):
                m.d.sync += held.eq(unit.hold_wdata)
            with m.Elif(self.host_we):
                m.d.sync += [held.eq(self.host_data), may_forward.eq(0)]
            seen = (self.rs1 + unit.mem_offset)[:32]

        with m.If(~ResetSignal()):
            m.d.comb += [
                Assert(unit.mem_valid == (self.issue_valid & (self.operation != CLEAR)), "requests"),
                Assert(
                    ~(unit.mem_valid & frees)
                    | (seen == address(self.operation, counter_now, self.rs1, self.rs2)),
                    "address",
                ),
                Assert(unit.result_valid == retires, "result if and only if it retires"),
                Assert(~retires | (unit.result_data == result), "merged register"),
                Assert(~frees | (unit.csr_rdata == counter_now), "counter advances once"),
                # What makes it inductive: where the unit keeps the architecture's state.
                Assert(inside["pending"] == busy, "invariant: write-back"),
                Assert(inside["counter"] == counter, "invariant: counter"),
                Assert(~busy | (inside["merge_lane"] == counter[1:3]), "invariant: lane"),
                Assert(~busy | (held == rd_before), "invariant: kept rd"),
                Assert(busy | ~may_forward | (held == last_result), "invariant: kept result"),
            ]
        return m


PROOFS = (
    *(
        Proof(
            name=f"unit.{name}",
            what="address, merged register and counter are the specification's for every operand, M, lane, "
            f"stall, fault and flush; {how}",
            method=Method.INDUCTION,
            depth=8,
            build=lambda standalone=standalone: sources(UnitHarness(standalone=standalone)),
            cheap=True,
        )
        for name, standalone, how in (
            ("standalone", True, "the unit by itself"),
            ("hosted", False, "the unit with the load/store unit's adder and register"),
        )
    ),
    COPROCESSOR,
)
