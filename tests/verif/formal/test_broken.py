"""Each kind of proof finds its own bug: a design or specification is broken once, and a trace shows it."""

from collections.abc import Callable

import pytest
from amaranth.hdl import Module

from hw.core.register_file import RegisterFile
from verif.formal.proofs.decoder import FACTS
from verif.formal.registry import choose
from verif.formal.runner import prove
from verif.formal.sby import Status, Verdict


def counterexample(name: str) -> Verdict:
    (proof,) = choose(name)
    result = prove(proof)
    verdict = result.verdict
    assert verdict.status is Status.FAIL, result.message
    assert verdict.trace is not None
    assert verdict.trace.exists()
    assert str(verdict.trace) in result.message
    return verdict


def wrong_lane(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("hw.decimate.unit.lane", lambda counter: counter[0:2])


def wrong_index(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("verif.formal.proofs.unit.M8", 2)


def lost_source(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(FACTS, "reads_rs2", lambda row: "rs2" in row.reads and row.mnemonic != "cv.sw")


class OlderWins(RegisterFile):
    """Of two writes to one register the older one is kept."""

    def elaborate(self, platform: object) -> Module:
        ports = self.write_execute, self.write_memory
        self.write_memory, self.write_execute = ports
        try:
            return super().elaborate(platform)
        finally:
            self.write_execute, self.write_memory = ports


def lost_write(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("hw.core.core.RegisterFile", OlderWins)


@pytest.mark.parametrize(
    ("name", "breaks", "claim"),
    [
        ("unit.standalone", wrong_lane, "merged_register"),
        ("unit.hosted", wrong_index, "address"),
        ("decoder.xdecimate", lost_source, "reads_rs2"),
        ("forwarding.registers", lost_write, "invariant_file"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_broken_design_has_a_counterexample(
    name: str, breaks: Callable[[pytest.MonkeyPatch], None], claim: str, monkeypatch: pytest.MonkeyPatch
):
    breaks(monkeypatch)
    assert any(claim in failed for failed in counterexample(name).failed)
