"""The XDecimate functional unit (XFU), a component that any in-order core can host."""

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib.wiring import Component, In, Out

from hw.units.decimate.index import COUNTER_WIDTH, OFFSET_WIDTH, SIZES, Operation, block_offset, lane


class DecimateUnit(Component):
    """``xdecimate.mM rd, rs1, rs2`` over an execute and a write-back stage (arXiv 2503.06183, section 4).

    One instruction per cycle when the memory grants one request per cycle. Port names follow CV-X-IF
    (OpenHW Group) where a channel of it has the same meaning.

    Protocol, in the order of an instruction's life:

    1. The host holds ``issue_*`` while the instruction is in its execute stage. ``mem_valid`` and the address
       answer in the same cycle; the host's load/store unit makes the request for one byte.
    2. In the cycle in which the instruction leaves execute (request granted and write-back free) the host
       raises ``commit_valid``. An instruction that is flushed before simply never sees it.
    3. ``mem_result_valid`` brings the byte in a later cycle; in that same cycle ``result_valid`` and
       ``result_data`` present the merged register, and the counter advances. With ``mem_result_err`` (access
       fault) there is no result and the counter stays, as if the instruction had never run. So a denied
       grant, a trap or a flush can neither lose nor double an increment.
    4. At most one instruction is in write-back: ``commit_valid`` for the next one comes with
       ``mem_result_valid`` of the last one (without ``mem_result_err``), or later. It sees the counter as
       already advanced.

    Parameters
    ----------
    standalone : bool
        True: the unit adds ``issue_rs1`` and drives ``mem_addr``, and keeps rd itself: to be hosted as it is.
        False: the host adds its rs1 to ``mem_offset`` and lends a register, with an adder and a register that
        its load/store unit has anyway (the latter for accesses that cross a word, which a byte never does).
    sizes : tuple of int
        Block sizes M that are built; an operation of another size does anything.
    words : bool
        Another unit's instructions can be in its place: they load words, by its counter and offset, and the
        upper 15 bits of the counter number their indices.

    Members
    -------
    issue_valid : In(1)
        An instruction of the extension is in execute.
    issue_operation : In(2)
        Which one: 0, 1, 2 for M = 4, 8, 16, and 3 for clear (``Operation``).
    issue_rs1 : In(32), standalone
        Start of the im2col buffer.
    issue_rs2 : In(32)
        Word of packed indices.
    issue_rs3 : In(32)
        Value of rd before the instruction.
    issue_forward : In(1)
        The instruction committed last is an xdecimate with the same rd: its result is taken instead of
        ``issue_rs3``.
    issue_words : In(1), with ``words``
        The instruction in execute is one of those. Its ``issue_operation`` 3 is M = 1, ``mem_offset`` is in
        words, and the register lent by the host is left alone.
    issue_step : In(2), with ``words``
        What the instruction in execute adds to the counter: 1 for the unit's own.
    mem_valid : Out(1)
        The instruction needs a byte from memory (all but ``CLEAR``).
    mem_addr : Out(32), standalone
        Address of that byte.
    mem_offset : Out(19), unless standalone
        Distance of that byte from rs1.
    commit_valid : In(1)
        The instruction leaves execute at this clock edge.
    mem_result_valid : In(1)
        Response to the instruction in write-back.
    mem_result_rdata : In(8)
        The byte, with ``mem_result_valid``.
    mem_result_err : In(1)
        Access fault instead of the byte, with ``mem_result_valid``.
    result_valid : Out(1)
        The instruction in write-back has its result.
    result_data : Out(32)
        rd with the byte merged in, with ``result_valid``.
    hold_we, hold_wdata, hold_rdata : Out(1), Out(32), In(32), unless standalone
        The register lent by the host: written at the clock edge, left alone by the host while an xdecimate is
        in write-back or the next one is to be forwarded to.
    csr_we : In(1)
        Write the counter, which is CSR 0x800. Excludes ``commit_valid``, and comes no earlier than one would
        for the instruction in write-back.
    csr_wdata : In(16)
        Its new value.
    csr_rdata : Out(16)
        Its value, 0 after reset; the instruction in write-back counts already.
    """

    def __init__(
        self, *, standalone: bool = True, sizes: tuple[int, ...] = SIZES, words: bool = False
    ) -> None:
        self._standalone = standalone
        self._sizes = sizes
        self._words = words
        shared = (
            {"issue_rs1": In(32), "mem_addr": Out(32)}
            if standalone
            else {
                "mem_offset": Out(OFFSET_WIDTH),
                "hold_we": Out(1),
                "hold_wdata": Out(32),
                "hold_rdata": In(32),
            }
        )
        if words:
            shared |= {"issue_words": In(1), "issue_step": In(2)}
        super().__init__(
            {
                "issue_valid": In(1),
                "issue_operation": In(Operation),
                "issue_rs2": In(32),
                "issue_rs3": In(32),
                "issue_forward": In(1),
                "mem_valid": Out(1),
                "commit_valid": In(1),
                "mem_result_valid": In(1),
                "mem_result_rdata": In(8),
                "mem_result_err": In(1),
                "result_valid": Out(1),
                "result_data": Out(32),
                "csr_we": In(1),
                "csr_wdata": In(COUNTER_WIDTH),
                "csr_rdata": Out(COUNTER_WIDTH),
                **shared,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        # What the instruction in write-back adds to the counter: 0 while there is none.
        pending = Signal(2 if self._words else 1)
        busy, adds, words = pending, 1, None
        if self._words:
            words = self.issue_words
            busy, adds = pending.any(), self.issue_step
        merge_lane = Signal(2, reset_less=True)

        # The counter advances with the result; execute sees it as if the result were already there.
        counter = Signal(COUNTER_WIDTH)
        ahead = Signal(COUNTER_WIDTH)
        clear = Signal()
        commit = Signal()
        m.d.comb += [
            ahead.eq(counter + pending),
            clear.eq(self._only_bytes(self.issue_operation == Operation.CLEAR)),
            commit.eq(self.issue_valid & self.commit_valid),
            self.csr_rdata.eq(ahead),
        ]
        with m.If(self.csr_we):
            m.d.sync += counter.eq(self.csr_wdata)
        with m.Elif(commit & clear):
            m.d.sync += counter.eq(0)
        with m.Elif(self.result_valid):
            m.d.sync += counter.eq(ahead)

        # Execute: index, address, request.
        offset = block_offset(m, self.issue_operation, ahead, self.issue_rs2, self._sizes, words)
        m.d.comb += self.mem_valid.eq(self.issue_valid & ~clear)
        if self._standalone:
            m.d.comb += self.mem_addr.eq(self.issue_rs1 + offset)
        else:
            m.d.comb += self.mem_offset.eq(offset)
        with m.If(commit & ~clear):
            m.d.sync += [pending.eq(adds), merge_lane.eq(lane(ahead))]
        with m.Elif(self.mem_result_valid):
            m.d.sync += pending.eq(0)

        # Write-back: merge the byte into what rd held. The merged word is kept, so that a following
        # instruction with the same rd finds it however long its own grant takes.
        held = Signal(32, reset_less=True)
        m.d.comb += [
            self.result_valid.eq(busy & self.mem_result_valid & ~self.mem_result_err),
            self.result_data.eq(held),
        ]
        with m.If(busy):
            m.d.comb += self.result_data.word_select(merge_lane, 8).eq(self.mem_result_rdata)
        hold = Signal()
        kept = Signal(32)
        m.d.comb += [
            hold.eq(self._only_bytes(commit & ~clear) | (busy & self.mem_result_valid)),
            kept.eq(Mux(commit & ~self.issue_forward, self.issue_rs3, self.result_data)),
        ]
        if self._standalone:
            with m.If(hold):
                m.d.sync += held.eq(kept)
        else:
            m.d.comb += [self.hold_we.eq(hold), self.hold_wdata.eq(kept), held.eq(self.hold_rdata)]
        return m

    def _only_bytes(self, condition: Value) -> Value:
        """The condition, for the unit's own instructions alone."""
        return condition & ~self.issue_words if self._words else condition
