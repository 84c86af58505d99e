"""What EX holds: what decoder and operands make of a legal instruction, for some values of its registers.

The proofs of the units in EX, and the comparison of mutants with the core, start from that.
"""

from collections.abc import Callable

from amaranth.hdl import Assert, Cat, Module, ResetSignal, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.config import XDECIMATE, CoreConfig
from hw.core.controls import Unit
from hw.core.core import Core
from hw.core.decoder import Decoder
from hw.core.fetch import Fetched
from hw.core.operands import READ_PORTS, Operands
from hw.core.stages import execute_stage
from verif.formal.harness import reset_once, sources
from verif.formal.inside import Inside
from verif.formal.proof import Method, Proof

#: What is cut out of the core, its outputs arbitrary: cells, and cells of a module.
CUT = ("alu", "csr_file", "fetch", "hardware_loops", "decimate", ".multiplier/t:$mul")
#: Fields of EX that tell what was going on around the instruction, not what it is.
_AROUND = {"counts": "xcvhwlp", "decimate_forward": "xdecimate"}


class Origin(Component):
    """Whether the pipeline register ``ex`` can hold what it holds, given the instruction that it came from.

    ``word``, ``pc`` and ``values`` are that instruction, its address and what its registers held.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        super().__init__(
            {
                "word": In(32),
                "pc": In(32),
                "values": In(data.ArrayLayout(32, READ_PORTS)),
                "ex": In(execute_stage(config)),
                "possible": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.decoder = decoder = Decoder(self._config)
        m.submodules.operands = operands = Operands(self._config)
        m.d.comb += [
            decoder.instruction.eq(self.word),
            operands.instruction.eq(self.word),
            operands.controls.eq(decoder.controls),
            operands.pc.eq(self.pc),
            operands.registers.eq(self.values),
        ]
        expected = Signal(execute_stage(self._config))
        m.d.comb += [
            expected.controls.eq(decoder.controls.execute),
            expected.controls.write_rd.eq(decoder.controls.execute.write_rd & self.word[7:12].any()),
            expected.pc.eq(self.pc),
            *(expected[name].eq(getattr(operands, name)) for name in ("a", "b", "c", "amount")),
            expected.rd.eq(self.word[7:12]),
            expected.rs1.eq(self.word[15:20]),
            *(
                expected[name].eq(self.ex[name])
                for name, extension in _AROUND.items()
                if self._config.has(extension)
            ),
            self.possible.eq(decoder.controls.legal & (Value.cast(expected) == Value.cast(self.ex))),
        ]
        return m


class ExecuteStageHarness(Component):
    """The core, and what ID had when the instruction in EX left it."""

    def __init__(self, inside_of: Callable[[Component], Inside] = Inside) -> None:
        self._inside_of = inside_of
        super().__init__({"gnt": In(1), "rvalid": In(1), "err": In(1), "rdata": In(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        core = Core(XDECIMATE)
        inside = self._inside_of(core)
        m.submodules.core = inside.fragment
        m.submodules.origin = origin = Origin(XDECIMATE)
        reset_once(m)
        for wire in ("gnt", "rvalid", "err", "rdata"):
            m.d.comb += getattr(core.data, wire).eq(getattr(self, wire))
        word = data.View(Fetched, inside.registers["fetched"]).word
        values = [inside[f"operands.{name}_value"] for name in ("rs1", "rs2", "rd")]
        with m.If(inside["controller.issue"]):
            m.d.sync += [
                origin.word.eq(word),
                origin.pc.eq(inside.registers["id_pc"]),
                Value.cast(origin.values).eq(Cat(*values)),
            ]
        ex_valid, ex_bits = inside.registers["ex_valid"], inside.registers["ex"]
        unit = data.View(execute_stage(XDECIMATE), ex_bits).controls.unit
        unit_done = inside["unit_done"]
        slow = ex_valid & ((unit == Unit.MULTIPLIER) | (unit == Unit.DIVIDER))
        was_done = Signal()
        m.d.sync += was_done.eq(
            slow & unit_done & ~inside["ex_done"] & ~inside["controller.kill_ex"] & ~ResetSignal()
        )
        claims = {
            "EX has what a legal instruction brings": ~ex_valid | origin.possible,
            "a result that is there stays": ~was_done | unit_done,
            "and so does its instruction": ~was_done | slow,
        }
        m.d.comb += Value.cast(origin.ex).eq(ex_bits)
        for name, holds in claims.items():
            m.d.comb += Assert(ResetSignal() | holds, name)
        return m


PROOFS = (
    Proof(
        name="execute.stage",
        what="an instruction in EX has the controls and operands that decoder and operands make of a legal "
        "word, whatever waited, trapped or was given up; a product or quotient that is done stays until it "
        "leaves",
        method=Method.INDUCTION,
        depth=5,
        build=lambda: sources(
            ExecuteStageHarness(),
            *(f"cutpoint harness.core{'' if cell[0] == '.' else '/'}{cell}" for cell in CUT),
        ),
        assumes="ALU, products, CSRs, fetch unit, hardware loops and XDecimate's unit are cut out, their "
        "outputs arbitrary",
    ),
)
