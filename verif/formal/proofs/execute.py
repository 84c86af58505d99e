"""Contents of EX: a legal instruction after decoder and operands, for some values of its registers.

The proofs of the units in EX, and the comparison of mutants with the core, start from that.
"""

from amaranth.hdl import Cat, Module, ResetSignal, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.config import CoreConfig
from hw.core.control_fields import FunctionalUnit
from hw.core.fetch import fetched_shape
from hw.core.operands import READ_PORTS
from hw.core.pipeline_registers import execute_stage
from verif.formal.core_harness import CORES, CoreHarness, CoreSources
from verif.formal.harness import claim
from verif.formal.inner_signals import Inside
from verif.formal.instruction import decode
from verif.formal.proof import Method, Proof


def _around(config: CoreConfig) -> list[str]:
    """Fields of EX that depend on the surroundings of the instruction, not on its word."""
    forwards = [f"{unit.name}_forward" for unit in config.units if unit.forwarded]
    return ["counts"] * config.has("xcvhwlp") + forwards


class Origin(Component):
    """Check that the pipeline register ``ex`` can have its contents, given the instruction that it came from.

    ``word``, ``pc`` and ``values`` are that instruction, its address and what its registers held, and
    ``compressed``, of a core that has such instructions, whether it was one.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        super().__init__(
            {
                "word": In(32),
                "pc": In(32),
                **({"compressed": In(1)} if config.has("c") else {}),
                "values": In(data.ArrayLayout(32, READ_PORTS)),
                "ex": In(execute_stage(config)),
                "possible": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        decoder, operands = decode(m, self._config, self.word)
        m.d.comb += [
            operands.pc.eq(self.pc),
            operands.registers.eq(self.values),
        ]
        if self._config.has("c"):
            m.d.comb += operands.compressed.eq(self.compressed)
        expected = Signal(execute_stage(self._config))
        m.d.comb += [
            expected.controls.eq(decoder.controls.execute),
            expected.controls.write_rd.eq(decoder.controls.execute.write_rd & self.word[7:12].any()),
            expected.pc.eq(self.pc),
            *(expected[name].eq(getattr(operands, name)) for name in ("a", "b", "c", "amount")),
            expected.rd.eq(self.word[7:12]),
            expected.rs1.eq(self.word[15:20]),
            *(expected[name].eq(self.ex[name]) for name in _around(self._config)),
            self.possible.eq(decoder.controls.legal & (Value.cast(expected) == Value.cast(self.ex))),
        ]
        return m


class ExecuteStageHarness(CoreHarness):
    """The core, and what ID had when the instruction in EX left it."""

    def _examine(self, m: Module, inside: Inside) -> None:
        m.submodules.origin = origin = Origin(self._config)
        fetched = data.View(fetched_shape(self._config), inside.registers["fetched"])
        values = [inside[f"operands.{name}_value"] for name in ("rs1", "rs2", "rd")]
        with m.If(inside["controller.issue"]):
            m.d.sync += [
                origin.word.eq(fetched.word),
                origin.pc.eq(inside.registers["id_pc"]),
                Value.cast(origin.values).eq(Cat(*values)),
            ]
            if self._config.has("c"):
                m.d.sync += origin.compressed.eq(fetched.compressed)
        ex_valid, ex_bits = inside.registers["ex_valid"], inside.registers["ex"]
        unit = data.View(execute_stage(self._config), ex_bits).controls.unit
        unit_done = inside["unit_done"]
        slow = ex_valid & ((unit == FunctionalUnit.MULTIPLIER) | (unit == FunctionalUnit.DIVIDER))
        was_done = Signal()
        m.d.sync += was_done.eq(
            slow & unit_done & ~inside["ex_done"] & ~inside["controller.kill_ex"] & ~ResetSignal()
        )
        m.d.comb += Value.cast(origin.ex).eq(ex_bits)
        claims = {
            "EX has what a legal instruction brings": ~ex_valid | origin.possible,
            "a result that is there stays": ~was_done | unit_done,
            "and so does its instruction": ~was_done | slow,
        }
        claim(m, claims)


PROOFS = tuple(
    Proof(
        name=f"execute.stage{end}",
        what="an instruction in EX has the controls and operands that decoder and operands make of a legal "
        "word, whatever waited, trapped or was aborted; a product or quotient that is done stays until it "
        "leaves",
        method=Method.INDUCTION,
        depth=5,
        build=CoreSources(
            ExecuteStageHarness,
            config,
            cut=("alu", "branch", "csr_file", "fetch", "hardware_loops", "decimate", "multiplier/t:$mul"),
        ),
        assumes="ALU, products, CSRs, fetch unit, hardware loops and XDecimate are black-boxed, their "
        "outputs arbitrary",
    )
    for config, end in CORES.items()
)
