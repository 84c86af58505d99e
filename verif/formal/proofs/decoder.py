"""The decoder against the instruction table, for every 32-bit word."""

from collections.abc import Callable
from enum import Enum

from amaranth.hdl import Assert, Cat, Module, Mux, Signal, Value
from amaranth.lib.wiring import Component, In

from hw.config import CONFIGS, XDECIMATE, CoreConfig
from hw.core.control_fields import CsrOperation, FunctionalUnit, Jump, System
from hw.core.decoder import Decoder, controls_of
from hw.isa.instruction import Cycles, Instruction
from hw.units.unit import Unit
from verif.formal.core_harness import COREV
from verif.formal.harness import sources
from verif.formal.instruction import any_of, matches
from verif.formal.proof import Method, Proof

_UNITS = {
    "mul": FunctionalUnit.MULTIPLIER,
    "div": FunctionalUnit.DIVIDER,
    "lsu": FunctionalUnit.LSU,
    "csr": FunctionalUnit.CSR,
}
_BYTES = {"b": 0, "h": 1, "w": 2}
#: Functional units of a loading extension unit's instructions that are not the load/store unit's, by cycles.
_LOADING = {Cycles.MULH: FunctionalUnit.MULTIPLIER}


def _unit(row: Instruction) -> str:
    return row.operation.partition(".")[0]


def _size(row: Instruction) -> int:
    """log2 of the bytes that an access of the table moves, by the letter of its mnemonic."""
    letter = row.mnemonic.removeprefix("cv.").removeprefix("e").removeprefix("l").removeprefix("s")[0]
    return _BYTES[letter] if _unit(row) == "lsu" else 0


#: What the other stages rely on, by the table's columns: path of the control, and its value for a row.
FACTS: dict[str, Callable[[Instruction], int]] = {
    "reads_rs1": lambda row: "rs1" in row.reads,
    "reads_rs2": lambda row: "rs2" in row.reads,
    "reads_rd": lambda row: "rd" in row.reads or "rs3" in row.reads,
    "execute.write_rd": lambda row: "rd" in row.writes,
    "execute.post_increment": lambda row: "rs1" in row.writes,
    "execute.memory": lambda row: row.accesses_memory,
    "execute.store": lambda row: row.cycles is Cycles.STORE,
    "execute.size": _size,
    "execute.branch": lambda row: row.cycles is Cycles.BRANCH,
    "execute.unit": lambda row: _UNITS.get(_unit(row), FunctionalUnit.ALU).value,
    "jump": lambda row: (
        {"jal": Jump.PC, "jalr": Jump.REGISTER}.get(
            row.mnemonic, Jump.BRANCH if row.cycles is Cycles.BRANCH else Jump.NONE
        ).value
    ),
    "system": lambda row: (
        (System[row.operation.partition(".")[2].upper()] if _unit(row) == "system" else System.NONE).value
    ),
}


def facts_of(unit: Unit) -> dict[str, Callable[[Instruction], int]]:
    """The same of the controls of an extension unit."""

    def operation(row: Instruction) -> int:
        own = row.extension == unit.extension
        return unit.operation_of(row).value if own else 0

    return {
        f"execute.{unit.name}": lambda row: row.extension == unit.extension,
        f"execute.{unit.name}_operation": operation,
    }


def _field(view: object, path: str) -> Value:
    for name in path.split("."):
        view = getattr(view, name)
    return Value.cast(view)


class DecoderHarness(Component):
    """The decoder beside sums over all rows of the table."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        super().__init__({"word": In(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.decoder = decoder = Decoder(self._config)
        controls, word = decoder.controls, self.word
        m.d.comb += decoder.instruction.eq(word)
        rows = list(self._config.instruction_set.instructions)

        legal = Signal()
        csr_row, reads_only, csr_legal, csr_flushes = Signal(), Signal(), Signal(), Signal()
        csrs = list(self._config.instruction_set.csrs)
        address = word[20:32]

        def among(chosen: list) -> Value:
            return Cat(*(address == csr.address for csr in chosen)).any()

        m.d.comb += [
            csr_row.eq(any_of(word, [row for row in rows if row.cycles is Cycles.CSR])),
            # csrrs, csrrc and their immediate forms do not write if their field rs1 is 0.
            reads_only.eq((word[12:14] != 1) & (word[15:20] == 0)),
            csr_legal.eq(among(csrs) & (reads_only | (address[10:] != 3))),
            csr_flushes.eq(csr_row & among([csr for csr in csrs if csr.flushes])),
            legal.eq(any_of(word, rows) & (~csr_row | csr_legal)),
            Assert(controls.legal == legal, "legal if and only if in the table"),
        ]
        with m.If(legal):
            loading = [unit for unit in self._config.units if unit.accesses_memory]
            own = {path: value for unit in self._config.units for path, value in facts_of(unit).items()}
            for path, value in (FACTS | own).items():
                groups: dict[int, list[Instruction]] = {}
                for row in rows:
                    number = int(value(row))
                    unit = self._config.unit_of(row)
                    if unit in loading:
                        # All of a unit that loads counts as the load/store unit's, which makes no result of
                        # EX, but for what takes the multiplier's five cycles.
                        if path == "execute.unit":
                            number = _LOADING.get(row.cycles, FunctionalUnit.LSU).value
                        elif path == "execute.size" and unit.loads_words and row.accesses_memory:
                            number = _BYTES["w"]
                    groups.setdefault(number, []).append(row)
                expected = Signal(max(3, len(_field(controls, path))), name=path.replace(".", "_"))
                for number, group in groups.items():
                    with m.If(any_of(word, group)):
                        m.d.comb += expected.eq(number)
                m.d.comb += Assert(_field(controls, path) == expected, path)
            flushes = any_of(word, [row for row in rows if row.cycles is Cycles.FENCE]) | csr_flushes
            m.d.comb += Assert(controls.flushes == flushes, "flushes")
            with m.If(csr_row):
                m.d.comb += Assert(
                    Value.cast(controls.execute.csr) == Mux(reads_only, CsrOperation.READ.value, word[12:14]),
                    "csr operation",
                )
            self._compare_controls(m, rows, controls, csr_row)
        return m

    def _compare_controls(self, m: Module, rows: list[Instruction], controls: object, csr_row: Value) -> None:
        """All other controls are ``controls_of`` the row, which the proofs of the units start from."""
        found = {path for row in rows for path in controls_of(row, self._config)}
        paths = sorted(found - FACTS.keys() - {"legal"})
        for path in paths:
            field = _field(controls, path)
            expected = Signal(len(field), name=f"table_{path.replace('.', '_')}")
            for row in rows:
                value = controls_of(row, self._config).get(path, 0)
                number = value.value if isinstance(value, Enum) else value
                if number:
                    with m.If(matches(self.word, row)):
                        m.d.comb += expected.eq(number)
            excepted = csr_row if path in ("execute.csr", "flushes") else 0
            m.d.comb += Assert((field == expected) | excepted, f"controls of {path}")


def decoder_proof(config: CoreConfig) -> Proof:
    """The proof for one configuration."""
    return Proof(
        name=f"decoder.{config.name}",
        what=f"all 2^32 words decode as the table says, for configuration {config.name}",
        method=Method.COMBINATIONAL,
        depth=1,
        build=lambda: sources(DecoderHarness(config)),
        cheap=config == XDECIMATE,
    )


PROOFS = tuple(decoder_proof(config) for config in (*CONFIGS.values(), COREV))
