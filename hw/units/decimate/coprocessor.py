"""XDecimate behind CV-X-IF, for cores that offload instructions to a coprocessor."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In

from hw.cv_x_if import HART_WIDTH, ID_WIDTH, CoprocessorSignature
from hw.isa import table
from hw.units.decimate.index import Operation
from hw.units.decimate.instructions import COUNTER, INSTRUCTIONS
from hw.units.decimate.unit import DecimateUnit

#: The table's rows of instructions that access a CSR, whose address is the upper bits.
_CSR_ROWS = tuple(row for row in table.INSTRUCTIONS if row.operation.startswith("csr."))


class Offloaded(data.Struct):
    """An accepted instruction."""

    id: ID_WIDTH
    hart: HART_WIDTH
    mode: 2
    rd: 5
    loads: 1
    csr: 1  # neither: it clears the counter
    function: 2  # of a CSR instruction: 1 writes, 2 sets, 3 clears
    operation: Operation
    rs1: 32
    rs2: 32
    rs3: 32


class Ending(data.Struct):
    """An instruction that has left for its result."""

    id: ID_WIDTH
    hart: HART_WIDTH
    rd: 5
    loads: 1
    writes: 1
    lane: 2  # of the byte in its word
    csr_data: COUNTER.width
    exception: 1
    code: 6
    debug: 1
    error: 1


class DecimateCoprocessor(Component):
    """The XDecimate unit as a coprocessor of CV-X-IF 1.0.0 with its memory interface.

    It executes ``xdecimate`` and every CSR instruction that names the counter, and rejects all others. An
    instruction requests its byte only after its commit, so that a killed one has changed nothing. At most two
    are in flight: one that waits for its commit, for its request or for the other to end, and one that waits
    for its byte or to hand over its result. If nothing waits, an instruction is executed in every cycle.

    After a bus error the byte in its lane of the result is undefined. The counter then keeps its value, as it
    does after an exception or for the debugger. The host issues every identifier here that it commits or
    kills, as it does with a single coprocessor.

    Members
    -------
    xif : In(CoprocessorSignature)
    """

    def __init__(self) -> None:
        super().__init__({"xif": In(CoprocessorSignature())})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        xif = self.xif
        m.submodules.unit = unit = DecimateUnit()

        # Issue: the waiting instruction has left, is killed, or there is none.
        offered = self._decode(m)
        waiting = Signal(Offloaded)
        waits = Signal()
        committed = Signal()
        commits, kills = self._commit_of_waiting(m, waiting.id)
        commits_offered, kills_offered = self._commit_of_offered(m)
        leaves = Signal()
        killed = Signal()
        there = Signal()  # the operands
        m.d.comb += [
            killed.eq(waits & ~committed & kills),
            there.eq(xif.register_valid & ((xif.register_rs_valid | ~xif.issue_resp_register_read).all())),
            xif.issue_ready.eq(~xif.issue_resp_accept | (there & (~waits | leaves | killed))),
            xif.register_ready.eq(xif.issue_ready),
        ]
        with m.If(xif.issue_valid & xif.issue_ready & xif.issue_resp_accept):
            m.d.sync += [waiting.eq(offered), waits.eq(~kills_offered), committed.eq(commits_offered)]
        with m.Elif(leaves | killed):
            m.d.sync += waits.eq(0)
        with m.Elif(commits):
            m.d.sync += committed.eq(1)

        # Execute, once the instruction is committed and the one before it has ended. If that one fails, the
        # counter steps back, and with it the address: the request waits for a cycle.
        ending = Signal(Ending)
        ends = Signal()
        done = Signal()
        fails = Signal()
        go = Signal()
        granted = Signal()
        m.d.comb += [
            go.eq(waits & (committed | commits) & (~ends | (done & ~fails))),
            granted.eq(xif.mem_valid & xif.mem_ready & ~xif.mem_resp_exc & ~xif.mem_resp_dbg),
            leaves.eq(go & (~waiting.loads | xif.mem_ready)),
            unit.issue_valid.eq(waits & ~waiting.csr),
            unit.issue_operation.eq(waiting.operation),
            unit.issue_rs1.eq(waiting.rs1),
            unit.issue_rs2.eq(waiting.rs2),
            unit.issue_rs3.eq(waiting.rs3),
            unit.commit_valid.eq(Mux(waiting.loads, granted, go)),
            unit.csr_we.eq(go & waiting.csr),
            unit.csr_wdata.eq(_written(waiting, unit.csr_rdata)),
            xif.mem_valid.eq(go & waiting.loads),
            xif.mem_req_hartid.eq(waiting.hart),
            xif.mem_req_id.eq(waiting.id),
            xif.mem_req_addr.eq(unit.mem_addr),
            xif.mem_req_mode.eq(waiting.mode),
            xif.mem_req_be.eq(1 << unit.mem_addr[:2]),
            xif.mem_req_we.eq(0),
            xif.mem_req_size.eq(0),
            xif.mem_req_attr.eq(0),
            xif.mem_req_wdata.eq(0),
            xif.mem_req_last.eq(1),
            xif.mem_req_spec.eq(0),
        ]

        # Write back: the answer may come with the grant, a cycle before the unit takes it.
        pending = Signal()  # the unit has no answer yet
        early = Signal()  # it came with the grant
        early_byte = Signal(8)
        early_error = Signal()
        early_debug = Signal()
        comes_early = Signal()
        arrives = Signal()
        byte = Signal(8)
        error = Signal()
        debug = Signal()
        m.d.comb += [
            comes_early.eq(granted & xif.mem_result_valid & (xif.mem_result_id == waiting.id)),
            arrives.eq(pending & (early | (xif.mem_result_valid & (xif.mem_result_id == ending.id)))),
            byte.eq(Mux(early, early_byte, xif.mem_result_rdata.word_select(ending.lane, 8))),
            error.eq(arrives & Mux(early, early_error, xif.mem_result_err)),
            debug.eq(arrives & Mux(early, early_debug, xif.mem_result_dbg)),
            fails.eq(error | debug),
            unit.mem_result_valid.eq(arrives),
            unit.mem_result_rdata.eq(byte),
            unit.mem_result_err.eq(fails),
            done.eq(xif.result_valid & xif.result_ready),
            xif.result_valid.eq(ends & (~pending | arrives)),
            xif.result_hartid.eq(ending.hart),
            xif.result_id.eq(ending.id),
            xif.result_data.eq(Mux(ending.loads, unit.result_data, ending.csr_data)),
            xif.result_rd.eq(ending.rd),
            xif.result_we.eq(ending.writes & ~xif.result_exc & ~xif.result_dbg),
            xif.result_exc.eq(ending.exception),
            xif.result_exccode.eq(ending.code),
            xif.result_dbg.eq(ending.debug | debug),
            xif.result_err.eq(ending.error | error),
        ]
        with m.If(arrives):
            m.d.sync += [pending.eq(0), ending.error.eq(error), ending.debug.eq(debug)]
        with m.If(leaves):
            m.d.sync += [
                ends.eq(1),
                pending.eq(granted),
                early.eq(comes_early),
                early_byte.eq(xif.mem_result_rdata.word_select(unit.mem_addr[:2], 8)),
                early_error.eq(xif.mem_result_err),
                early_debug.eq(xif.mem_result_dbg),
                ending.id.eq(waiting.id),
                ending.hart.eq(waiting.hart),
                ending.rd.eq(waiting.rd),
                ending.loads.eq(waiting.loads),
                ending.writes.eq(waiting.loads | waiting.csr),
                ending.lane.eq(unit.mem_addr[:2]),
                ending.csr_data.eq(unit.csr_rdata),
                ending.exception.eq(waiting.loads & xif.mem_resp_exc),
                ending.code.eq(xif.mem_resp_exccode),
                ending.debug.eq(waiting.loads & xif.mem_resp_dbg),
                ending.error.eq(0),
            ]
        with m.Elif(done):
            m.d.sync += ends.eq(0)
        return m

    def _decode(self, m: Module) -> Value:
        """Answer to the offered instruction, and what to keep of it."""
        xif = self.xif
        word = xif.issue_req_instr
        ours = Signal()
        loads = Signal()
        csr = Signal()
        offered = Signal(Offloaded)
        immediate = word[14]  # of a CSR instruction: its operand is the number of rs1
        m.d.comb += [
            ours.eq(_any(word, INSTRUCTIONS)),
            loads.eq(_any(word, [row for row in INSTRUCTIONS if row.accesses_memory])),
            csr.eq(_any(word, _CSR_ROWS) & (word[20:] == COUNTER.csr.address)),
            xif.issue_resp_accept.eq(ours | csr),
            xif.issue_resp_writeback.eq(loads | csr),
            xif.issue_resp_loadstore.eq(loads),
            xif.issue_resp_register_read.eq(Mux(loads, 0b111, csr & ~immediate)),
            offered.id.eq(xif.issue_req_id),
            offered.hart.eq(xif.issue_req_hartid),
            offered.mode.eq(xif.issue_req_mode),
            offered.rd.eq(word[7:12]),
            offered.loads.eq(loads),
            offered.csr.eq(csr),
            offered.function.eq(word[12:14]),
            offered.operation.eq(word[25:27]),
            offered.rs1.eq(Mux(csr & immediate, word[15:20], xif.register_rs[0])),
            offered.rs2.eq(xif.register_rs[1]),
            offered.rs3.eq(xif.register_rs[2]),
        ]
        return offered

    def _commit_of_offered(self, m: Module) -> tuple[Value, Value]:
        """The offered instruction is committed, or killed; maybe in an earlier cycle of its transaction.

        A kill is of everything that is offered by now. Only the first of several commits and kills counts.
        """
        xif = self.xif
        continues = Signal()
        before = Signal(2)
        offered_id = Signal(ID_WIDTH)
        now = Signal(2)
        same = xif.commit_id == xif.issue_req_id
        m.d.comb += now.eq(
            Mux(
                continues & (offered_id == xif.issue_req_id) & before.any(),
                before,
                Cat(
                    xif.commit_valid & ~xif.commit_commit_kill & same,
                    xif.commit_valid & xif.commit_commit_kill,
                ),
            )
        )
        m.d.sync += [
            continues.eq(xif.issue_valid & ~xif.issue_ready),
            offered_id.eq(xif.issue_req_id),
            before.eq(now),
        ]
        return now[0], now[1]

    def _commit_of_waiting(self, m: Module, identifier: Value) -> tuple[Value, Value]:
        """This instruction is committed in this cycle, or killed.

        Identifiers wrap. Their order is that of their distances from the newest one, which is the last that
        was offered.
        """
        xif = self.xif
        last = Signal(ID_WIDTH)
        newest = Signal(ID_WIDTH)
        age = Signal(ID_WIDTH)
        commit_age = Signal(ID_WIDTH)
        m.d.comb += [
            newest.eq(Mux(xif.issue_valid, xif.issue_req_id, last)),
            age.eq(newest - identifier),
            commit_age.eq(newest - xif.commit_id),
        ]
        m.d.sync += last.eq(newest)
        commits = xif.commit_valid & ~xif.commit_commit_kill & (commit_age <= age)
        kills = xif.commit_valid & xif.commit_commit_kill & (commit_age >= age)
        return commits, kills


def _any(word: Value, rows: list | tuple) -> Value:
    """The word is an instruction of one of the rows."""
    return Cat((word & row.mask) == row.match for row in rows).any()


def _written(instruction: Value, counter: Value) -> Value:
    """New value of the counter after a CSR instruction."""
    operand = instruction.rs1[: COUNTER.width]
    changed = Mux(instruction.function[0], counter & ~operand, counter | operand)
    return Mux(instruction.function == 1, operand, changed)
