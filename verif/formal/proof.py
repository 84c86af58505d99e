"""Proofs and their outcomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from verif.formal.sby import Mode, Status, Verdict


class Method(StrEnum):
    """Reach of a proof."""

    COMBINATIONAL = "all inputs"  # nothing is stored, so one step is all there is
    INDUCTION = "k-induction"  # every reachable state
    BOUNDED = "bounded"  # the first cycles after reset
    WINDOW = "window"  # some cycles from any state that satisfies invariants proved elsewhere

    @property
    def mode(self) -> Mode:
        return Mode.PROVE if self is Method.INDUCTION else Mode.BMC


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Input of a proof: texts by file name, and the Yosys commands that end with ``prep -top``."""

    files: Mapping[str, str]
    script: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One proof.

    Parameters
    ----------
    name : str
        ``subject.property``, unique.
    what : str
        What is shown, in one sentence without a full stop.
    method : Method
    depth : int
        Clock cycles: k of the induction, or the bound.
    build : callable
        Makes the sources; nothing is generated before a proof is asked for.
    cheap : bool
        Part of ``make test``.
    assumes : str
        What it takes for granted beside reset, in one sentence.
    timeout : int
        Seconds after which the proof is aborted.
    """

    name: str
    what: str
    method: Method
    depth: int
    build: Callable[[], Sources]
    cheap: bool = False
    assumes: str = ""
    timeout: int = 3600


@dataclass(frozen=True)
class Result:
    """Outcome of a proof; ``cached``: found from an earlier run on the same sources and tools."""

    proof: Proof
    verdict: Verdict
    cached: bool

    @property
    def passed(self) -> bool:
        return self.verdict.status is Status.PASS

    @property
    def message(self) -> str:
        """One line: what failed, and where the counterexample lies."""
        if self.passed:
            return f"{self.proof.name} proved"
        reason = {
            Status.FAIL: "has a counterexample",
            Status.UNKNOWN: f"holds for {self.proof.depth} cycles, but is not inductive",
            Status.TIMEOUT: "ran out of time",
        }[self.verdict.status]
        names = f" to {', '.join(self.verdict.failed)}" if self.verdict.failed else ""
        return f"{self.proof.name} {reason}{names}" + (
            f"; trace: {self.verdict.trace}" if self.verdict.trace else ""
        )

    def as_json(self) -> dict[str, object]:
        proof = self.proof
        return {
            "name": proof.name,
            "what": proof.what,
            "method": proof.method,
            "depth": proof.depth,
            "assumes": proof.assumes,
            "status": self.verdict.status,
            "failed": list(self.verdict.failed),
            "cpu_seconds": self.verdict.seconds,
        }
