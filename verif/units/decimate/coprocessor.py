"""The coprocessor behind CV-X-IF: kills and commits neither lose nor double an increment.

The processor's choices are free in every cycle, within the interface's rules: what it offers and when it
retracts it, operands, commits and kills in any groups, grants, refusals, answers at any time, and results
that it takes late. It numbers instructions without end; the coprocessor sees the lowest bits. The
specification is of instructions: those accepted and neither killed nor ended, oldest first, and the
architecture's counter, which changes when an instruction ends.
"""

from amaranth.hdl import Assume, Cat, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In

from hw.cv_x_if import ID_WIDTH, SOURCES
from hw.units.decimate.coprocessor import DecimateCoprocessor, Ending, Offloaded
from hw.units.decimate.index import Operation
from verif.formal.harness import claim, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof

#: Bits of the processor's own numbers; differences of live ones stay below ``_WINDOW``.
_NUMBER = ID_WIDTH + 2
_WINDOW = 1 << ID_WIDTH
_DRIVEN = {
    "issue_valid": 1,
    "issue_req_instr": 32,
    "issue_req_mode": 2,
    "issue_req_hartid": 1,
    "register_rs_valid": SOURCES,
    "commit_valid": 1,
    "commit_commit_kill": 1,
    "mem_ready": 1,
    "mem_resp_exc": 1,
    "mem_resp_exccode": 6,
    "mem_resp_dbg": 1,
    "mem_result_valid": 1,
    "mem_result_id": ID_WIDTH,
    "mem_result_rdata": 32,
    "mem_result_err": 1,
    "mem_result_dbg": 1,
    "result_ready": 1,
}


class Accepted(data.Struct):
    """An instruction of the specification."""

    number: _NUMBER
    loads: 1
    csr: 1
    function: 2
    operand: 16
    committed: 1


class CoprocessorHarness(Component):
    """The coprocessor between a free processor and the specification."""

    def __init__(self) -> None:
        super().__init__(
            {
                **{name: In(width) for name, width in _DRIVEN.items()},
                "rs1": In(32),
                "offer": In(_NUMBER),
                "forget": In(1),
                "commit": In(_NUMBER),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        coprocessor = DecimateCoprocessor()
        inside = Inside(coprocessor)
        m.submodules.coprocessor = inside.fragment
        reset_once(m)
        xif = coprocessor.xif
        m.d.comb += [
            *(getattr(xif, name).eq(getattr(self, name)) for name in _DRIVEN),
            xif.register_valid.eq(self.issue_valid),
            xif.register_rs[0].eq(self.rs1),
            xif.issue_req_id.eq(self.offer),
            xif.commit_id.eq(self.commit),
        ]

        # The specification: at most two instructions, oldest first, and the architecture's counter.
        first, second = (Signal(Accepted, name=name) for name in ("first", "second"))
        count, counter = Signal(2), Signal(16)
        some, both = count != 0, count == 2

        # The processor: numbers up to `resolved` are committed or killed, numbers up to `top` are issued.
        # After a kill it may count all as resolved, if nothing older waits for its commit.
        top, resolved, last = Signal(_NUMBER), Signal(_NUMBER), Signal(_NUMBER)
        remains, offered = Signal(), Signal(_NUMBER)  # offered in the cycle before, and not taken
        was_committed, was_killed = Signal(), Signal()
        taken, same, names_offer = Signal(), Signal(), Signal()
        commits, kills, offer_committed, offer_killed = Signal(), Signal(), Signal(), Signal()
        oldest, all_committed = Signal(_NUMBER), Signal()
        flagged = same & (was_committed | was_killed)
        m.d.comb += [
            taken.eq(self.issue_valid & xif.issue_ready),
            same.eq(remains & self.issue_valid & (self.offer == offered)),
            names_offer.eq(self.issue_valid & (self.commit == self.offer)),
            commits.eq(self.commit_valid & ~self.commit_commit_kill),
            kills.eq(self.commit_valid & self.commit_commit_kill),
            offer_committed.eq(Mux(flagged, was_committed, commits & names_offer)),
            offer_killed.eq(Mux(flagged, was_killed, kills)),
            oldest.eq(Mux(some & ~_after(first.number, resolved), first.number, resolved + 1)),
            Assume(~self.issue_valid | (_after(self.offer, top) & (_distance(self.offer, oldest) < _WINDOW))),
            Assume(~(remains & was_committed) | same),
            Assume(
                ~self.commit_valid
                | (_after(self.commit, resolved) & ~_after(self.commit, top))
                | (names_offer & ~flagged)
            ),
        ]
        m.d.sync += [
            remains.eq(self.issue_valid & ~xif.issue_ready),
            offered.eq(self.offer),
            was_committed.eq(offer_committed),
            was_killed.eq(offer_killed),
        ]
        with m.If(self.issue_valid):
            m.d.sync += last.eq(self.offer)
        with m.If(taken):
            m.d.sync += top.eq(self.offer)
        with m.If(taken & offer_committed):
            m.d.sync += resolved.eq(self.offer)
        with m.Elif(commits):
            m.d.sync += resolved.eq(Mux(names_offer, top, self.commit))
        with m.Elif(kills & self.forget & all_committed):
            m.d.sync += resolved.eq(Mux(taken, self.offer, top))

        # Memory: it owes an answer to the oldest instruction; other identifiers mean nothing.
        owed, requested, answered, failed = Signal(), Signal(), Signal(), Signal()
        granted, refused, answers_first, answers_request = Signal(), Signal(), Signal(), Signal()
        reports_failure = self.mem_result_err | self.mem_result_dbg
        ids = [one.number[:ID_WIDTH] for one in (first, second)]
        m.d.comb += [
            granted.eq(xif.mem_valid & self.mem_ready),
            refused.eq(self.mem_resp_exc | self.mem_resp_dbg),
            answers_first.eq(self.mem_result_valid & owed & (self.mem_result_id == ids[0])),
            answers_request.eq(
                self.mem_result_valid & granted & ~refused & (self.mem_result_id == xif.mem_req_id)
            ),
            Assume(
                ~self.mem_result_valid
                | answers_first
                | answers_request
                | ~((some & (self.mem_result_id == ids[0])) | (both & (self.mem_result_id == ids[1])))
            ),
        ]

        # An instruction ends with its result, and only then changes the counter.
        ends, fails, counter_after = Signal(), Signal(), Signal(16)
        m.d.comb += [
            ends.eq(xif.result_valid & self.result_ready),
            fails.eq(failed | (answers_first & reports_failure)),
            counter_after.eq(counter),
        ]
        with m.If(ends):
            m.d.comb += counter_after.eq(
                Mux(first.loads, counter + ~fails, Mux(first.csr, _written(first, counter), 0))
            )
        m.d.sync += counter.eq(counter_after)
        with m.If(granted):
            m.d.sync += [
                requested.eq(1),
                owed.eq(~refused & ~answers_request),
                answered.eq(refused | answers_request),
                failed.eq(refused | (answers_request & reports_failure)),
            ]
        with m.Elif(ends):
            m.d.sync += [requested.eq(0), owed.eq(0), answered.eq(0), failed.eq(0)]
        with m.Elif(answers_first):
            m.d.sync += [owed.eq(0), answered.eq(1), failed.eq(reports_failure)]

        # The queue.
        word = self.issue_req_instr
        loads = (word[:7] == 0x2B) & (word[12:15] == 5) & (word[25:] < 3)
        csr = (word[:7] == 0x73) & (word[12:14] != 0) & (word[20:] == 0x800)
        pushed = Signal(Accepted)
        pushes, keeps_first, keeps_second = Signal(), Signal(), Signal()
        now = [one.committed | (commits & ~_after(one.number, self.commit)) for one in (first, second)]
        dead = [kills & ~one.committed & ~_after(self.commit, one.number) for one in (first, second)]
        m.d.comb += [
            pushed.number.eq(self.offer),
            pushed.loads.eq(loads),
            pushed.csr.eq(csr),
            pushed.function.eq(word[12:14]),
            pushed.operand.eq(Mux(word[14], word[15:20], self.rs1)),
            pushed.committed.eq(offer_committed),
            pushes.eq(taken & xif.issue_resp_accept & ~offer_killed),
            keeps_first.eq(some & ~ends & ~dead[0]),
            keeps_second.eq(both & ~dead[1]),
            all_committed.eq((~keeps_first | first.committed) & (~keeps_second | second.committed)),
        ]
        m.d.sync += count.eq(keeps_first + keeps_second + pushes)
        with m.If(keeps_first):
            m.d.sync += [first.committed.eq(now[0]), second.eq(pushed)]
            with m.If(keeps_second):
                m.d.sync += [second.eq(second), second.committed.eq(now[1])]
        with m.Elif(keeps_second):
            m.d.sync += [first.eq(second), first.committed.eq(now[1]), second.eq(pushed)]
        with m.Else():
            m.d.sync += first.eq(pushed)

        # Of the request: the instruction that is oldest after this cycle.
        requester = Mux(ends, second.as_value(), first.as_value())
        requester = data.View(Accepted, requester)
        request_held, result_held = Signal(), Signal()
        held_address, held_request, held_result = Signal(32), Signal(ID_WIDTH), Signal(32 + ID_WIDTH + 4)
        outcome = Cat(
            xif.result_data, xif.result_id, xif.result_we, xif.result_exc, xif.result_dbg, xif.result_err
        )
        m.d.sync += [
            request_held.eq(xif.mem_valid & ~self.mem_ready),
            held_address.eq(xif.mem_req_addr),
            held_request.eq(xif.mem_req_id),
            result_held.eq(xif.result_valid & ~self.result_ready),
            held_result.eq(outcome),
        ]
        executing, ending = inside["waits"], inside["ends"]
        waiting = data.View(Offloaded, inside["waiting"])
        left = data.View(Ending, inside["ending"])
        behind = data.View(Accepted, Mux(ending, second.as_value(), first.as_value()))
        ahead, register = inside["unit.ahead"], inside["unit.counter"]
        waits_for_answer, early = inside["pending"], inside["early"]
        claims = {
            "accepts its own": xif.issue_resp_accept == (loads | csr | (word == 0x0600_502B)),
            "a request is of the oldest": ~xif.mem_valid
            | (
                Mux(ends, both, some)
                & requester.loads
                & Mux(ends, now[1], now[0])
                & (xif.mem_req_id == requester.number[:ID_WIDTH])
                & (ends | ~requested)
            ),
            "a request is of the byte that the counter names": ~xif.mem_valid | (ahead == counter_after),
            "a request stays": ~request_held
            | (xif.mem_valid & (xif.mem_req_addr == held_address) & (xif.mem_req_id == held_request)),
            "a result is of the oldest": ~xif.result_valid | (some & now[0] & (xif.result_id == ids[0])),
            "a result follows the answer": ~(xif.result_valid & first.loads)
            | (requested & (answered | answers_first)),
            "a failure is reported": ~xif.result_valid
            | ((xif.result_exc | xif.result_dbg | xif.result_err) == (first.loads & fails)),
            "a result stays": ~result_held | (xif.result_valid & (outcome == held_result)),
            "the counter is read": ~(xif.result_valid & first.csr) | (xif.result_data == counter),
            "the counter advances once": some | (ahead == counter),
            "no instruction is lost": (count == ending + executing) & (count <= 2),
            "no instruction waits without a reason": ~(some & first.committed & ~owed)
            | xif.mem_valid
            | xif.result_valid
            | inside["leaves"],
            "invariant: numbers": (_distance(last, top) <= _distance(last, resolved))
            & (_distance(last, resolved) <= _WINDOW),
            "invariant: order": (~some | _is_between(first.number, top, last))
            & (~both | (_is_between(second.number, top, last) & _after(second.number, first.number))),
            "invariant: commits": (~some | (first.committed == ~_after(first.number, resolved)))
            & (~both | (second.committed == ~_after(second.number, resolved))),
            "invariant: kinds": (~some | _is_instruction(first)) & (~both | _is_instruction(second)),
            "invariant: offered": (inside["continues"] == remains)
            & ~(was_committed & was_killed)
            & (
                ~remains
                | (
                    (inside["offered_id"] == offered[:ID_WIDTH])
                    & (inside["before"] == Cat(was_committed, was_killed))
                    & (offered == last)
                    & _after(offered, top)
                    & (~was_committed | (resolved == top))
                )
            ),
            "invariant: last": inside["last"] == last[:ID_WIDTH],
            "invariant: waiting": ~executing
            | (
                (waiting.id == behind.number[:ID_WIDTH])
                & (inside["committed"] == behind.committed)
                & (waiting.loads == behind.loads)
                & (waiting.csr == behind.csr)
                & (behind.csr | ((waiting.operation == Operation.CLEAR) == ~behind.loads))
                & (
                    ~behind.csr
                    | ((waiting.function == behind.function) & (waiting.rs1[:16] == behind.operand))
                )
            ),
            "invariant: ending": ~ending
            | (
                (left.id == ids[0])
                & first.committed
                & (left.loads == first.loads)
                & (first.loads == requested)
            ),
            "invariant: memory": Mux(ending, 1, ~requested & ~waits_for_answer)
            & (requested == (owed | answered))
            & ~(owed & answered)
            & (~failed | answered)
            & (owed == (waits_for_answer & ~early))
            & (~waits_for_answer | requested),
            "invariant: early answer": ~(waits_for_answer & early)
            | (failed == (inside["early_error"] | inside["early_debug"])),
            "invariant: failure": ~ending
            | ((left.exception | left.debug | left.error) == (failed & ~waits_for_answer)),
            "invariant: read": ~(ending & first.csr) | (left.csr_data == counter),
            "invariant: counter": (inside["unit.pending"] == waits_for_answer)
            & (
                register
                == Mux(
                    ~ending | waits_for_answer | failed,
                    counter,
                    Mux(first.loads, (counter + 1)[:16], Mux(first.csr, _written(first, counter), 0)),
                )
            ),
        }
        claim(m, claims)
        return m


def _distance(number: Value, other: Value) -> Value:
    """Difference of two numbers, modulo their range."""
    return (number - other)[:_NUMBER]


def _is_between(number: Value, top: Value, last: Value) -> Value:
    """The number is not after ``top``, and within the window before ``last``."""
    return (_distance(last, top) <= _distance(last, number)) & (_distance(last, number) < _WINDOW)


def _is_instruction(one: data.View) -> Value:
    """It has one kind, and a function as CSR instructions have."""
    return ~(one.loads & one.csr) & (~one.csr | (one.function != 0))


def _written(one: data.View, counter: Value) -> Value:
    """The counter after a CSR instruction."""
    return Mux(
        one.function == 1, one.operand, Mux(one.function == 2, counter | one.operand, counter & ~one.operand)
    )


def _after(number: Value, other: Value) -> Value:
    """The first number is a later one."""
    return (number != other) & (_distance(number, other) < 1 << (_NUMBER - 1))


PROOF = Proof(
    name="coprocessor.counter",
    what="behind CV-X-IF every instruction that is accepted and not killed ends once, in order and after its "
    "commit, and the counter advances exactly once for each byte that is merged, whatever is killed, "
    "committed, retracted, refused or late",
    method=Method.INDUCTION,
    depth=2,
    build=lambda: sources(CoprocessorHarness()),
)
