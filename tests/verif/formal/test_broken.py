"""Each kind of proof finds its own bug: a design or specification is broken once, and a trace shows it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from amaranth.hdl import Cat, Module, Mux, Value

from hw.config import RV32IM
from hw.core import decompressor
from hw.core.bit_field import leading_zeros
from hw.core.multiplier import Multiplier
from hw.core.operands import Operands
from hw.core.register_file import RegisterFile
from hw.isa.compressed import Compressed
from verif.formal.core_harness import CoreSources, unit_names
from verif.formal.proof import Method, Proof, Sources
from verif.formal.proofs.csr import WRITABLE
from verif.formal.proofs.decoder import FACTS
from verif.formal.registry import named
from verif.formal.runner import prove
from verif.formal.sby import Status, Verdict
from verif.formal.specification import LANE_WISE

#: Cycles from reset to a wrong result, where the proof's induction takes fewer.
DEPTH = 6


def smaller(proof: Proof) -> Proof:
    """The same about the forwarding of the smallest core, which takes half the time."""
    if proof.name != "forwarding.registers":
        return proof
    assert isinstance(proof.build, CoreSources)
    absent = ("hardware_loops", *unit_names(proof.build.config))
    cut = tuple(name for name in proof.build.cut if name not in absent)
    return replace(proof, build=replace(proof.build, config=RV32IM, cut=cut))


def counterexample(name: str, claim: str) -> Verdict:
    """A trace that violates the claims whose names contain ``claim``.

    The trace of a proof by induction begins with reset. All other claims and invariants are left out, because
    the solver may show any of those that fail in the same cycle.
    """
    proof = smaller(named(name))
    if proof.method is Method.INDUCTION:
        proof = replace(proof, method=Method.BOUNDED, depth=max(proof.depth, DEPTH))
    result = prove(replace(proof, build=partial(alone, proof.build, claim)))
    verdict = result.verdict
    assert verdict.status is Status.FAIL, result.message
    assert verdict.trace is not None
    assert verdict.trace.exists()
    assert str(verdict.trace) in result.message
    return verdict


def alone(build: Callable[[], Sources], claim: str) -> Sources:
    sources = build()
    others = f"delete harness/claim_* harness/claim_*{claim}* %d\n"
    return replace(sources, script=sources.script.replace("prep -top", f"{others}prep -top"))


def wrong_lane(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("hw.units.decimate.unit.lane", lambda counter: counter[0:2])


def wrong_index(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("verif.units.decimate.proofs.M8", 2)


def lost_source(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(FACTS, "reads_rs2", lambda row: "rs2" in row.reads and row.mnemonic != "sw")


class OlderWins(RegisterFile):
    """A fault: the older of two writes to one register is kept."""

    def elaborate(self, platform: object) -> Module:
        ports = self.write_execute, self.write_memory
        self.write_memory, self.write_execute = ports
        try:
            return super().elaborate(platform)
        finally:
            self.write_execute, self.write_memory = ports


def lost_write(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("hw.core.core.RegisterFile", OlderWins)


def impatience(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("verif.formal.proofs.liveness.WINDOW", 5)


def wrong_product(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "verif.formal.specification.word_product", lambda a, b: a[:16] * b[:16] + (a[16:] * b[:16] << 16)
    )


def lost_sign(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("verif.formal.specification.SIGNED_FIELDS", ("imm",))


def lost_factor(patch: pytest.MonkeyPatch) -> None:
    """The real part takes the complement for the negative product."""
    right = Multiplier._addend
    patch.setattr(Multiplier, "_addend", lambda unit, m, carried, factor: right(unit, m, carried, factor & 0))


def wrong_sum(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(LANE_WISE, "sub", lambda a, b: a + ~b)


def swapped_halves(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("hw.core.lsu.Cat", lambda *parts: Cat(*reversed(parts)) if len(parts) == 2 else Cat(*parts))


def swapped_choices(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("hw.core.fetch.Mux", lambda choice, yes, no: Mux(choice, no, yes))


def wrong_count(patch: pytest.MonkeyPatch) -> None:
    def miscounted(m: Module, value: Value, name: str) -> tuple[Value, Value]:
        count, none = leading_zeros(m, value, name)
        return count ^ 1, none

    patch.setattr("hw.core.divider.leading_zeros", miscounted)


def wrong_amount(patch: pytest.MonkeyPatch) -> None:
    class Wrong(Operands):
        """The shift of a normalising addition is one bit beside its field."""

        def elaborate(self, platform: object) -> Module:
            m = super().elaborate(platform)
            m.d.comb += self.amount.eq(self.instruction[24:29])  # type: ignore[attr-defined]
            return m

    patch.setattr("hw.core.core.Operands", Wrong)


def lost_restore(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "hw.core.hwloop.Mux", lambda choice, yes, no: Mux(choice, yes, no) if not isinstance(yes, int) else no
    )


def writable_cause(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(WRITABLE, "mcause", 1 << 31 | 0xF)


def wrong_bit(patch: pytest.MonkeyPatch) -> None:
    def flipped(code: Value, row: Compressed) -> Value:
        return expansion(code, row) ^ (1 << 7 if row.mnemonic == "c.lw" else 0)

    expansion = decompressor._expansion
    patch.setattr(decompressor, "_expansion", flipped)


def lost_half(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("hw.core.aligner.UNCOMPRESSED", 0b10)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "breaks", "claim"),
    [
        ("unit.standalone", wrong_lane, "merged_register"),
        ("unit.hosted", wrong_index, "address"),
        ("decoder.rv32im", lost_source, "reads_rs2"),
        ("forwarding.registers", lost_write, "the_architecture_s"),
        ("divider.division", wrong_count, "remainder_is_less_than_the_divisor"),
        ("execute.stage", wrong_amount, "EX_has_what"),
        ("hwloop.registers", lost_restore, "count_of_loop"),
        ("csr.registers", writable_cause, "mcause"),
        ("fetch.words", swapped_choices, "word_of_its_address"),
        ("decompressor.codes", wrong_bit, "expansion_of_c_lw"),
        ("aligner.instructions", lost_half, "length"),
        ("lsu.bytes", swapped_halves, "load_data"),
        ("multiplier.words", wrong_product, "mul_mul"),
        ("alu.rv32i", wrong_sum, "sub_rd_rs1_rs2"),
        ("alu.branches", lost_sign, "cv_beqimm"),
        ("multiplier.complex.corev", lost_factor, "cplxmul_r"),
        ("liveness.progress", impatience, "something_happens_in_time"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_broken_design_has_a_counterexample(
    name: str, breaks: Callable[[pytest.MonkeyPatch], None], claim: str, monkeypatch: pytest.MonkeyPatch
):
    breaks(monkeypatch)
    failed = counterexample(name, claim).failed
    assert failed
    assert all(claim in name for name in failed)
