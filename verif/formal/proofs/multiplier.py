"""The multiplier against its specification, in three steps that leave no product of 32 bits to the solver.

1. ``operands``: every instruction brings its operands, accumulator and shift to the unit (the decoder's proof
   has the controls).
2. ``words``, ``dots``, ``scaled`` and the rounding ones by name: for the controls of each instruction the
   unit's value is the specification's. A word's product is specified by products of halves,
   ``a_l*b_l + ((a_l*b_h + a_h*b_l) << 16)``: by the distributive law, and modulo 2**32, that is ``a*b``
   (tests/verif/formal/test_lemmas.py).
3. ``high``: the four steps of a high word multiply the halves they should, and add up to the upper word of
   ``p_ll + ((p_lh + p_hl) << 16) + (p_hh << 32)`` for any four products that 17 signed bits can have. The
   products themselves are black-boxed, so nothing is multiplied in this proof.
"""

from amaranth.hdl import Assert, Assume, Cat, Const, Module, ResetSignal, Signal, Value, signed
from amaranth.lib.wiring import Component, In

from hw.config import XDECIMATE, CoreConfig
from hw.core.control_fields import Lanes, MultiplierOperation
from hw.core.decoder import controls_of
from hw.core.multiplier import Multiplier
from hw.core.operands import RD, RS1, RS2, Operands
from hw.instructions import INSTRUCTIONS
from hw.isa.instruction import Instruction
from verif.formal import specification
from verif.formal.core_harness import CONFIGS, CORES, COREV
from verif.formal.harness import claim, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.instruction import any_of, decode, matches
from verif.formal.proof import Method, Proof
from verif.formal.proofs import slow_unit

_COMPLEX = [row for row in INSTRUCTIONS if row.operation.startswith("mul.cplx")]
_ROWS = [row for row in INSTRUCTIONS if row.operation.startswith("mul.") and row not in _COMPLEX]
_HIGH = ("mulh", "mulhsu", "mulhu")
_CONTROLS = ("multiplier", "lanes", "a_signed", "b_signed", "high_halves", "rounds")


def keep_idle(m: Module, unit: Multiplier) -> None:
    """Let no extension unit borrow the multiplier, where one could."""
    if "bytes_valid" in unit.signature.members:
        m.d.comb += unit.bytes_valid.eq(0)


class OperandsHarness(Component):
    """Decoder and operands for the instructions of ``rows``: what arrives at the unit's inputs."""

    def __init__(self, config: CoreConfig, rows: list[Instruction]) -> None:
        self._config = config
        self._rows = rows
        super().__init__({"word": In(32), "rs1": In(32), "rs2": In(32), "rd": In(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        _, operands = decode(m, self._config, self.word)
        m.d.comb += [
            Assume(any_of(self.word, self._rows)),
            operands.registers[RS1].eq(self.rs1),
            operands.registers[RS2].eq(self.rs2),
            operands.registers[RD].eq(self.rd),
        ]
        for row in self._rows:
            with m.If(matches(self.word, row)):
                m.d.comb += Assert(self._arrive(row, operands), f"{row.mnemonic} {row.operands}")
        return m

    def _arrive(self, row: Instruction, operands: Operands) -> Value:
        second = specification.second_vector(row, self.word, self.rs2)
        arrive = [operands.a == self.rs1, operands.b == second]
        arrive.append(operands.c == (self.rd if "rd" in row.reads else 0))
        if "is3" in row.fields:
            arrive.append(operands.amount == specification.field(row, self.word, "is3"))
        if row in _COMPLEX:
            arrive.append(operands.amount == specification.shift(row))
        return Cat(*arrive).all()


class SingleHarness(Component):
    """One unit for the controls of each operation of ``rows``, single-cycle ones, on the same operands."""

    def __init__(self, config: CoreConfig, rows: list[Instruction]) -> None:
        self._config = config
        self._rows = rows
        super().__init__({"a": In(32), "b": In(32), "c": In(32), "amount": In(5)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        by_name = {row.operation.removesuffix(".sc").replace(".", "_"): row for row in self._rows}
        for name, row in by_name.items():
            m.submodules[name] = unit = Multiplier(self._config)
            keep_idle(m, unit)
            controls = controls_of(row, self._config)
            if row in _COMPLEX:
                m.d.comb += unit.complex.eq(1)
            amount = Const(specification.shift(row), 5) if row in _COMPLEX else self.amount
            accumulator = self.c if "rd" in row.reads else Const(0, 32)
            m.d.comb += [
                unit.valid.eq(1),
                unit.operation.eq(controls["execute.multiplier"]),
                unit.lanes.eq(controls["execute.lanes"]),
                *(
                    getattr(unit, control).eq(controls.get(f"execute.{control}", 0))
                    for control in _CONTROLS[2:]
                ),
                unit.a.eq(self.a),
                unit.b.eq(self.b),
                unit.c.eq(accumulator),
                unit.amount.eq(amount),
                Assert(unit.done, f"{name} takes one cycle"),
                Assert(
                    unit.result == specification.product(row, self.a, self.b, accumulator, amount),
                    name,
                ),
            ]
        return m


class HighHarness(Component):
    """High words between other operations, for a free host."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        super().__init__(
            {
                **dict.fromkeys(slow_unit.MEMBERS, In(1)),
                "operation": In(MultiplierOperation),
                "a_signed": In(1),
                "b_signed": In(1),
                "a": In(32),
                "b": In(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        unit = Multiplier(self._config)
        inside = Inside(unit)
        m.submodules.unit = inside.fragment
        keep_idle(m, unit)
        reset_once(m)
        is_high = self.operation == MultiplierOperation.HIGH
        given = Cat(self.operation, self.a_signed, self.b_signed, self.a, self.b)
        goes_on = slow_unit.host(m, self, unit, given)
        m.d.comb += [
            unit.operation.eq(self.operation),
            unit.lanes.eq(Lanes.WORD),
            unit.a_signed.eq(self.a_signed),
            unit.b_signed.eq(self.b_signed),
            unit.a.eq(self.a),
            unit.b.eq(self.b),
        ]

        # The four products as they come, in the order ll, lh, hl, hh; from then on they are known by number.
        step = Signal(range(5))
        products = [Signal(signed(35), name=f"product{i}") for i in range(4)]
        mixed = Signal(signed(36))
        m.d.comb += [
            mixed.eq(inside["accumulated"] - inside["addend"]),
            Assume((mixed >= -(1 << 32)) & (mixed <= 1 << 32)),
        ]
        running = self.valid & is_high & ~self.killed
        with m.If(~running | unit.advance):
            m.d.sync += step.eq(0)
        with m.Elif(step != 4):
            m.d.sync += step.eq(step + 1)
            for i, product in enumerate(products):
                with m.If(step == i):
                    m.d.sync += product.eq(mixed)

        low_a, high_a = self.a[:16], Cat(self.a[16:], self.a_signed & self.a[31])
        low_b, high_b = self.b[:16], Cat(self.b[16:], self.b_signed & self.b[31])
        factors = ((low_a, low_b), (low_a, high_b), (high_a, low_b), (high_a, high_b))
        ll, lh, hl, hh = products
        total = ll + ((lh + hl) << 16) + (hh << 32)
        partial = inside["partial"]
        with m.If(~ResetSignal() & self.valid & is_high):
            m.d.comb += [
                Assert(unit.done == (step == 4), "done in the fifth cycle"),
                Assert(~unit.done | (unit.result == total[32:64]), "upper word"),
                Assert(inside["x1"] == 0, "one product at a time"),
                Assert((step != 1) | (partial == ll >> 16), "invariant: after ll"),
                Assert((step != 2) | (partial == (ll >> 16) + lh), "invariant: after lh"),
                Assert((step != 3) | (partial == (ll + ((lh + hl) << 16)) >> 32), "invariant: after hl"),
                Assert((step != 4) | (partial == total >> 32), "invariant: after hh"),
            ]
            for i, (x, y) in enumerate(factors):
                m.d.comb += Assert(
                    (step != i) | ((inside["x0"].as_unsigned() == x) & (inside["y0"].as_unsigned() == y)),
                    f"factors {i}",
                )
            m.d.comb += Assert(inside["step"] == step, "invariant: step")
        for product in products:
            in_range = (product >= -(1 << 32)) & (product <= 1 << 32)
            claim(m, {f"range of {product.name}": in_range})
        claim(m, {"invariant: idle": goes_on | (step == 0)})
        return m


#: Operations of one cycle in groups that take the solver seconds; all together they take it many minutes.
_ROUNDED = [row for row in _ROWS if row.operation.endswith("rn")]
_DOTS = [row for row in _ROWS if "dot" in row.operation]
_WORDS = [row for row in _ROWS if row.operation in ("mul.mul", "mul.mac", "mul.msu")]
_SCALED = [row for row in _ROWS if row not in [*_ROUNDED, *_DOTS, *_WORDS] and row.mnemonic not in _HIGH]


def _single(config: CoreConfig, name: str, rows: list[Instruction], about: str) -> Proof:
    return Proof(
        name=f"multiplier.{name}{CORES[config]}",
        what=f"{about}: the unit's value is the specification's for all operands",
        method=Method.COMBINATIONAL,
        depth=1,
        build=lambda: sources(SingleHarness(config, rows)),
        cheap=len(rows) > 1,
    )


def _of(config: CoreConfig) -> tuple[Proof, ...]:
    return (
        _single(config, "words", _WORDS, "mul, cv.mac, cv.msu"),
        _single(config, "dots", _DOTS, "dot products"),
        _single(config, "scaled", _SCALED, "scaled products of halves"),
        *(_single(config, row.operation.removeprefix("mul."), [row], row.mnemonic) for row in _ROUNDED),
        Proof(
            name=f"multiplier.high{CONFIGS[config]}",
            what="mulh, mulhsu and mulhu take five cycles and give the upper word, whatever was stalled or "
            "aborted before",
            method=Method.INDUCTION,
            depth=8,
            build=lambda: sources(HighHarness(config), "cutpoint harness.unit/t:$mul"),
            assumes="the 17-bit products are black-boxed: any value of a product's range",
            cheap=True,
        ),
    )


PROOFS = (
    Proof(
        name="multiplier.operands",
        what="every multiplication, multiply-accumulate and dot product brings its operands to the unit",
        method=Method.COMBINATIONAL,
        depth=1,
        build=lambda: sources(OperandsHarness(XDECIMATE, _ROWS)),
        cheap=True,
    ),
    *(proof for config in CONFIGS for proof in _of(config)),
    Proof(
        name="multiplier.operands.corev",
        what="every instruction of the multiplier brings its operands to the unit, complex products too",
        method=Method.COMBINATIONAL,
        depth=1,
        build=lambda: sources(OperandsHarness(COREV, [*_ROWS, *_COMPLEX])),
    ),
    _single(COREV, "complex", _COMPLEX, "parts of complex products"),
    _single(COREV, "dots", _DOTS, "dot products"),
)
