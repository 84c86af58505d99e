"""The XDecimate functional unit (XFU), a component that any in-order core can host."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib.wiring import Component, In, Out

from hw.decimate.index import COUNTER_WIDTH, OFFSET_WIDTH, Operation, block_offset, lane


class DecimateUnit(Component):
    """``xdecimate.mM rd, rs1, rs2`` over an execute and a write-back stage (arXiv 2503.06183, section 4).

    One instruction per cycle when the memory grants one request per cycle. Port names follow CV-X-IF
    (OpenHW Group) where a channel of it has the same meaning.

    Protocol, in the order of an instruction's life:

    1. The host holds ``issue_*`` while the instruction is in its execute stage. ``mem_valid`` and the address
       answer in the same cycle; the host's load/store unit makes the request for one byte.
    2. In the cycle in which the instruction leaves execute (request granted and write-back free) the host
       raises ``commit_valid``: only then the counter advances. An instruction that is flushed before simply
       never sees it, so a denied grant, a trap or a flush can neither lose nor double an increment.
    3. ``mem_result_valid`` brings the byte in a later cycle; in that same cycle ``result_valid`` and
       ``result_data`` present the merged register. With ``mem_result_err`` (access fault) there is no result
       and the counter steps back, as if the instruction had never run; the host must not raise
       ``commit_valid`` in that cycle.
    4. At most one instruction is in write-back: ``commit_valid`` for the next one comes with
       ``mem_result_valid`` of the last one, or later.

    Parameters
    ----------
    own_adder : bool
        True: the unit adds ``issue_rs1`` and drives ``mem_addr``, to be hosted as it is.
        False: the host adds its rs1 to ``mem_offset`` with an adder that it has anyway.

    Members
    -------
    issue_valid, issue_operation : In(1), In(2)
        An instruction of the extension is in execute, and which (``Operation``).
    issue_rs1 : In(32), only with ``own_adder``
        Start of the im2col buffer.
    issue_rs2 : In(32)
        Word of packed indices.
    issue_rs3 : In(32)
        Value of rd before the instruction.
    issue_forward : In(1)
        The instruction committed last is an xdecimate with the same rd: its result is taken instead of
        ``issue_rs3``.
    mem_valid : Out(1)
        The instruction needs a byte from memory (all but ``CLEAR``).
    mem_addr : Out(32), with ``own_adder``; mem_offset : Out(19), without
        Byte address, or its distance from rs1.
    commit_valid : In(1)
        The instruction leaves execute at this clock edge.
    mem_result_valid, mem_result_rdata, mem_result_err : In(1), In(8), In(1)
        Response to the instruction in write-back.
    result_valid, result_data : Out(1), Out(32)
        rd with the byte merged in.
    csr_we, csr_wdata, csr_rdata : In(1), In(16), Out(16)
        The counter as CSR 0x800, reset value 0; a write excludes ``commit_valid``.
    """

    def __init__(self, *, own_adder: bool = True) -> None:
        self._own_adder = own_adder
        address = (
            {"issue_rs1": In(32), "mem_addr": Out(32)} if own_adder else {"mem_offset": Out(OFFSET_WIDTH)}
        )
        super().__init__(
            {
                "issue_valid": In(1),
                "issue_operation": In(Operation),
                "issue_rs2": In(32),
                "issue_rs3": In(32),
                "issue_forward": In(1),
                "mem_valid": Out(1),
                **address,
                "commit_valid": In(1),
                "mem_result_valid": In(1),
                "mem_result_rdata": In(8),
                "mem_result_err": In(1),
                "result_valid": Out(1),
                "result_data": Out(32),
                "csr_we": In(1),
                "csr_wdata": In(COUNTER_WIDTH),
                "csr_rdata": Out(COUNTER_WIDTH),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        counter = Signal(COUNTER_WIDTH)

        # Execute: index, address, request.
        clear = Signal()
        offset = block_offset(m, self.issue_operation, counter, self.issue_rs2)
        m.d.comb += [
            clear.eq(self.issue_operation == Operation.CLEAR),
            self.mem_valid.eq(self.issue_valid & ~clear),
        ]
        if self._own_adder:
            m.d.comb += self.mem_addr.eq(self.issue_rs1 + offset)
        else:
            m.d.comb += self.mem_offset.eq(offset)

        # Write-back: merge the byte into what rd held. The merged word stays, so that a following instruction
        # with the same rd finds it however long its own grant takes.
        pending = Signal()
        merge_lane = Signal(2, reset_less=True)
        merge_rd = Signal(32, reset_less=True)
        commit = Signal()
        m.d.comb += [
            commit.eq(self.issue_valid & self.commit_valid),
            self.result_valid.eq(pending & self.mem_result_valid & ~self.mem_result_err),
            self.result_data.eq(merge_rd),
        ]
        with m.If(pending):
            m.d.comb += self.result_data.word_select(merge_lane, 8).eq(self.mem_result_rdata)
        with m.If(commit & ~clear):
            m.d.sync += [pending.eq(1), merge_lane.eq(lane(counter))]
        with m.Elif(self.mem_result_valid):
            m.d.sync += pending.eq(0)
        with m.If((commit & ~clear) | self.mem_result_valid):
            m.d.sync += merge_rd.eq(Mux(commit & ~self.issue_forward, self.issue_rs3, self.result_data))

        # The counter: one step per committed instruction, taken back by its access fault.
        fault = Signal()
        m.d.comb += fault.eq(pending & self.mem_result_valid & self.mem_result_err)
        with m.If(self.csr_we):
            m.d.sync += counter.eq(self.csr_wdata)
        with m.Elif(commit & clear):
            m.d.sync += counter.eq(0)
        with m.Elif(commit | fault):
            m.d.sync += counter.eq(counter + Mux(fault, (1 << COUNTER_WIDTH) - 1, 1))
        m.d.comb += self.csr_rdata.eq(counter)
        return m
