"""Model of a processor with CV-X-IF: it offloads, retracts, commits, kills and answers memory at random."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from hw.cv_x_if import ID_WIDTH
from hw.instructions import named
from hw.units.decimate.instructions import COUNTER
from reference.decimate import Decimate

IDENTIFIERS = 1 << ID_WIDTH
LOADS = {"xdecimate.m4": 4, "xdecimate.m8": 8, "xdecimate.m16": 16}
CSRS = ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci")
#: Instructions that the coprocessor rejects: another CSR, and encodings beside its own.
FOREIGN = (0x3400_1073, 0x0000_0033, 0x0800_502B, 0x0600_50AB, 0x8000_0073)


@dataclass
class Instruction:
    """One that the processor offloads, with its operands."""

    word: int
    sources: tuple[int, int, int]
    sequence: int
    accepted: bool = False
    committed: bool = False
    killed: bool = False
    address: int | None = None
    byte: int = 0
    exception: int | None = None
    failed: bool = False  # a bus error
    debugged: bool = False
    granted: bool = False
    answered: bool = False

    @property
    def identifier(self) -> int:
        return self.sequence % IDENTIFIERS


@dataclass
class Rates:
    """Percentages of what may happen in a cycle."""

    issue: int = 70
    operands: int = 60
    commit: int = 60
    kill: int = 15
    retract: int = 10
    grant: int = 60
    answer: int = 60
    fault: int = 8
    ready: int = 60


@dataclass
class Host:
    """The processor.

    In each cycle call ``inputs``, then ``answer`` with the outputs that follow from them, then ``check`` with
    those that follow from both, and then let the clock tick.

    Parameters
    ----------
    random : Random
    rates : Rates
    """

    random: Random
    rates: Rates
    golden: Decimate = field(default_factory=Decimate)
    done: int = 0
    killed: int = 0
    increments: int = 0

    def __post_init__(self) -> None:
        self._next = 1
        self._offered: Instruction | None = None
        self._operands = 0
        self._flight: list[Instruction] = []  # issued and not ended, oldest first, with those rejected
        self._requests: deque[Instruction] = deque()
        self._idle = 0

    def _chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def _instruction(self) -> Instruction:
        kind = self.random.choices(("load", "clear", "csr", "foreign"), (70, 6, 14, 10))[0]
        registers = {name: self.random.randrange(32) for name in ("rd", "rs1", "rs2")}
        if kind == "load":
            word = named(self.random.choice(list(LOADS))).encode(**registers)
        elif kind == "clear":
            word = named("xdecimate.clear").encode()
        elif kind == "csr":
            row = named(self.random.choice(CSRS))
            source = "uimm" if "uimm" in row.fields else "rs1"
            word = row.encode(rd=registers["rd"], csr=COUNTER.csr.address, **{source: registers["rs1"]})
        else:
            word = self.random.choice(FOREIGN)
        sources = tuple(self.random.getrandbits(32) for _ in range(3))
        instruction = Instruction(word, sources, self._next)  # type: ignore[arg-type]
        self._next += self.random.choice((1, 1, 2))
        return instruction

    def _live(self) -> list[Instruction]:
        """All in flight, with the one that is offered, oldest first."""
        return [*self._flight, *([self._offered] if self._offered else [])]

    def inputs(self) -> dict[str, int]:
        """Inputs that the processor drives by itself."""
        random, rates = self.random, self.rates
        offered = self._offered
        # A killed one may stay, and be accepted.
        if offered and not offered.committed and self._chance(50 if offered.killed else rates.retract):
            self._offered = None
        if self._offered is None and self._chance(rates.issue):
            oldest = self._flight[0].sequence if self._flight else self._next
            if self._next + 1 - oldest < IDENTIFIERS:
                self._offered, self._operands = self._instruction(), 0
        offered = self._offered
        driven = {"issue_valid": int(offered is not None), "register_valid": int(offered is not None)}
        for bit in range(3):
            self._operands |= self._chance(rates.operands) << bit
        if offered:
            rs = sum(
                (value if self._operands >> i & 1 else random.getrandbits(32)) << 32 * i
                for i, value in enumerate(offered.sources)
            )
            driven |= {
                "issue_req_instr": offered.word,
                "issue_req_mode": offered.sequence % 4,
                "issue_req_hartid": offered.sequence // 4 % 2,
                "issue_req_id": offered.identifier,
                "register_rs": rs,
                "register_rs_valid": self._operands,
            }
        driven |= self._commit()
        driven |= self._result_of_memory()
        return driven | {
            "result_ready": int(self._chance(rates.ready)),
            "mem_ready": int(self._chance(rates.grant)),
            "mem_resp_exc": int(self._chance(rates.fault)),
            "mem_resp_exccode": random.randrange(64),
            "mem_resp_dbg": int(self._chance(rates.fault // 2)),
        }

    def _commit(self) -> dict[str, int]:
        open_ = [one for one in self._live() if not one.committed and not one.killed]
        if not open_ or not self._chance(self.rates.commit):
            return {"commit_valid": 0, "commit_id": self.random.randrange(IDENTIFIERS)}
        one = self.random.choice(open_)
        kill = self._chance(self.rates.kill)
        for other in open_:
            if kill and other.sequence >= one.sequence:
                other.killed = True
                self.killed += 1
            elif not kill and other.sequence <= one.sequence:
                other.committed = True
        return {"commit_valid": 1, "commit_id": one.identifier, "commit_commit_kill": int(kill)}

    def answer(self, outputs: Mapping[str, int], driven: Mapping[str, int]) -> dict[str, int]:
        """The answer to a request that is granted in this cycle, if it comes at once."""
        if not outputs["mem_valid"] or not driven["mem_ready"]:
            return {}
        self._grant(outputs, driven)
        return self._result_of_memory() if not driven["mem_result_valid"] else {}

    def _result_of_memory(self) -> dict[str, int]:
        """The oldest request answered, or none."""
        if not self._requests or not self._chance(self.rates.answer):
            return {"mem_result_valid": 0, "mem_result_id": self.random.randrange(IDENTIFIERS)}
        one = self._requests.popleft()
        one.answered = True
        one.byte = self.random.getrandbits(8)
        one.failed, one.debugged = self._chance(self.rates.fault), self._chance(self.rates.fault // 2)
        assert one.address is not None
        lane = 8 * (one.address & 3)
        word = self.random.getrandbits(32) & ~(0xFF << lane) | one.byte << lane
        driven = {"mem_result_valid": 1, "mem_result_id": one.identifier, "mem_result_rdata": word}
        return driven | {"mem_result_err": int(one.failed), "mem_result_dbg": int(one.debugged)}

    def _grant(self, outputs: Mapping[str, int], driven: Mapping[str, int]) -> None:
        found = [one for one in self._flight if one.identifier == outputs["mem_req_id"] and one.accepted]
        assert len(found) == 1, "a request of no instruction in flight"
        one = found[0]
        assert one.committed, "a request of an instruction that is not committed"
        assert not one.killed
        assert not one.granted, "two requests of one instruction"
        one.granted, one.address = True, outputs["mem_req_addr"]
        described = {
            name: outputs[f"mem_req_{name}"] for name in ("we", "size", "last", "spec", "be", "mode")
        }
        lanes, mode = 1 << (one.address & 3), one.sequence % 4
        assert described == {"we": 0, "size": 0, "last": 1, "spec": 0, "be": lanes, "mode": mode}
        if driven["mem_resp_exc"] or driven["mem_resp_dbg"]:
            one.exception = driven["mem_resp_exccode"] if driven["mem_resp_exc"] else None
            one.debugged = bool(driven["mem_resp_dbg"])
            one.answered = True
        else:
            self._requests.append(one)

    def check(self, outputs: Mapping[str, int], driven: Mapping[str, int]) -> None:
        """Take over the handshakes of this cycle."""
        if outputs["result_valid"] and driven["result_ready"]:
            self._result(outputs)
        if self._offered and outputs["issue_ready"]:
            one, self._offered = self._offered, None
            one.accepted = bool(outputs["issue_resp_accept"])
            assert one.accepted == (one.word not in FOREIGN)
            if one.accepted:
                reads = outputs["issue_resp_register_read"]
                assert reads & ~self._operands == 0, "accepted without its operands"
            self._flight.append(one)
        # What was killed has ended, and what was rejected has ended with its commit.
        before = len(self._flight)
        self._flight = [one for one in self._flight if not one.killed and (one.accepted or not one.committed)]
        self._idle = 0 if outputs["result_valid"] or len(self._flight) != before else self._idle + 1
        assert self._idle < 300 or not any(one.accepted and one.committed for one in self._flight), (
            "no result"
        )

    def _result(self, outputs: Mapping[str, int]) -> None:
        waiting = [one for one in self._flight if one.accepted]
        assert waiting, "a result of no instruction"
        one = waiting[0]
        assert outputs["result_id"] == one.identifier, "not the oldest"
        assert one.committed, "a result before the commit"
        assert outputs["result_hartid"] == one.sequence // 4 % 2
        self._flight.remove(one)
        self.done += 1
        row = one.word
        failed = one.exception is not None or one.debugged or one.failed
        assert outputs["result_exc"] == (one.exception is not None)
        assert one.exception is None or outputs["result_exccode"] == one.exception
        assert outputs["result_dbg"] == one.debugged
        assert outputs["result_err"] == one.failed
        if row & 0x7F == 0x73:
            self._csr(one, outputs)
        elif row >> 25 == 3:
            self.golden.clear()
            assert outputs["result_we"] == 0
        else:
            m = 4 << (row >> 25)
            assert one.granted, "no request"
            assert one.answered, "a result before the answer"
            rs1, rs2, rd = one.sources
            assert one.address == self.golden.address(m, rs1, rs2)
            assert outputs["result_rd"] == row >> 7 & 31
            assert outputs["result_we"] == (one.exception is None and not one.debugged)
            if not failed:
                self.increments += 1
                assert outputs["result_data"] == self.golden.execute(m, rd, rs1, rs2, lambda _: one.byte)

    def _csr(self, one: Instruction, outputs: Mapping[str, int]) -> None:
        function = one.word >> 12 & 7
        operand = one.word >> 15 & 31 if function & 4 else one.sources[0] & 0xFFFF
        old = self.golden.csr
        assert (outputs["result_we"], outputs["result_data"]) == (1, old)
        assert outputs["result_rd"] == one.word >> 7 & 31
        self.golden.csr = {1: operand, 2: old | operand, 3: old & ~operand}[function & 3]
