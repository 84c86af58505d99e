"""Every instruction of the ALU, from its word to its result, against ``verif.formal.specification``.

So are the decisions of branches.
"""

from amaranth.hdl import Assert, Assume, Module, Signal, Value
from amaranth.lib.wiring import Component, In

from hw.config import RV32IM, XDECIMATE, CoreConfig
from hw.core.alu import Alu
from hw.core.branch import Branch
from hw.core.operands import RD, RS1, RS2
from hw.instructions import INSTRUCTIONS
from hw.isa.instruction import Instruction
from verif.formal import specification
from verif.formal.core_harness import COREV
from verif.formal.harness import sources
from verif.formal.instruction import any_of, decode, matches
from verif.formal.proof import Method, Proof


class ExecuteHarness(Component):
    """Decoder, operands, ALU and branch decision, wired as in the core, nothing to be forwarded.

    ``word``, the registers and ``pc`` are free, the word one of ``rows``.
    """

    def __init__(self, config: CoreConfig, rows: list[Instruction]) -> None:
        self._config, self._rows = config, rows
        super().__init__({"word": In(32), "rs1": In(32), "rs2": In(32), "rd": In(32), "pc": In(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        decoder, operands = decode(m, self._config, self.word)
        m.submodules.alu = alu = Alu(self._config)
        m.submodules.branch = branch = Branch()
        execute = decoder.controls.execute
        m.d.comb += [
            Assume(any_of(self.word, self._rows)),
            *(
                Assume(self.word[low : low + 5].any() | (value == 0))  # x0
                for low, value in ((15, self.rs1), (20, self.rs2), (7, self.rd))
            ),
            operands.pc.eq(self.pc),
            operands.registers[RS1].eq(self.rs1),
            operands.registers[RS2].eq(self.rs2),
            operands.registers[RD].eq(self.rd),
            branch.comparison.eq(execute.alu),
            branch.a.eq(operands.a),
            branch.b.eq(operands.b),
            alu.operation.eq(execute.alu),
            alu.lanes.eq(execute.lanes),
            alu.a.eq(operands.a),
            alu.b.eq(operands.b),
            alu.c.eq(operands.c),
            alu.amount.eq(operands.amount),
        ]
        if self._config.has("xcvbitrev"):
            m.d.comb += alu.reverses.eq(execute.reverses)
        if self._config.has("xcvcplx"):
            m.d.comb += alu.complex.eq(execute.complex)
        registers: dict[str, Value] = {name: getattr(self, name) for name in ("rs1", "rs2", "rd", "pc")}
        expected = Signal(32)
        for row in self._rows:
            name = f"{row.mnemonic} {row.operands}"
            with m.If(matches(self.word, row)):
                if row.operation.startswith("branch."):
                    target = self.pc + specification.field(row, self.word, "imm")
                    taken = specification.taken(row, self.word, registers)
                    m.d.comb += Assert(branch.taken == taken, name)
                    m.d.comb += Assert(operands.target == target[:32] & ~1, f"target of {name}")
                else:
                    m.d.comb += expected.eq(specification.result(row, self.word, registers))
                    m.d.comb += Assert(alu.result == expected, name)
        return m


def _proof(
    name: str, config: CoreConfig, extensions: tuple[str, ...], about: str, unit: str = "alu"
) -> Proof:
    rows = [
        row for row in INSTRUCTIONS if row.extension in extensions and row.operation.startswith(f"{unit}.")
    ]
    return Proof(
        name=f"alu.{name}",
        what=f"{about} compute what their specification says, for all operands ({config.name})",
        method=Method.COMBINATIONAL,
        depth=1,
        build=lambda: sources(ExecuteHarness(config, rows)),
        cheap=config is RV32IM,
    )


PROOFS = (
    _proof("rv32i", RV32IM, ("rv32i",), "RV32I's register and immediate instructions"),
    _proof(
        "rv32i_in_xdecimate",
        XDECIMATE,
        ("rv32i",),
        "RV32I's register and immediate instructions",
    ),
    _proof("xcvalu", XDECIMATE, ("xcvalu",), "the instructions of XCValu"),
    _proof("xcvbitmanip", XDECIMATE, ("xcvbitmanip",), "the instructions of XCVbitmanip"),
    _proof("xcvsimd", XDECIMATE, ("xcvsimd",), "all of XCVsimd but dot products"),
    _proof(
        "corev", COREV, ("xcvbitrev", "xcvcplx"), "cv.bitrev, and sums and differences of complex numbers,"
    ),
    _proof("xcvsimd.corev", COREV, ("xcvsimd",), "all of XCVsimd but dot products"),
    _proof(
        "branches",
        COREV,
        ("rv32i", "xcvbi"),
        "RV32I's and XCVbi's branches, condition and target,",
        "branch",
    ),
)
