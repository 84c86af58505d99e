"""Operands read in ID against the architecture: a shadow of one register, any of x1 to x31.

The shadow follows the program order, not the pipeline: an instruction that leaves EX writes the register, a
load's data come later, and an access fault rolls back what the faulting instruction wrote. All blocks that
make values or words are black-boxed, so these are arbitrary: ALU, multiplier, divider, CSRs, fetch unit,
hardware loops, and extension units (whose own forwarding their proofs cover).
"""

from amaranth.asserts import AnyConst
from amaranth.hdl import Array, Assume, Cat, Module, Mux, Signal, Value
from amaranth.lib import data

from hw.core.control_fields import FunctionalUnit, Jump
from hw.core.controls import decode_controls
from hw.core.fetch import fetched_shape
from hw.core.lsu import MemoryAccess
from hw.core.pipeline_registers import execute_stage, memory_stage
from verif.formal.core_harness import CORES, CoreHarness, CoreSources, unit_names
from verif.formal.harness import claim
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof


class ForwardingHarness(CoreHarness):
    """The core around its register file, and the shadow."""

    def _examine(self, m: Module, inside: Inside) -> None:
        k = Signal(5)
        m.d.comb += [k.eq(AnyConst(5)), Assume(k != 0)]
        ex_done, ex_result = inside["ex_done"], inside["ex_result"]
        ex_valid = inside.registers["ex_valid"]
        ex = data.View(execute_stage(self._config), inside.registers["ex"])
        wb = data.View(memory_stage(self._config), inside.registers["wb"])
        access = data.View(MemoryAccess, inside.registers["lsu.wb_access"])
        word = data.View(fetched_shape(self._config), inside.registers["fetched"]).word
        controls = data.View(decode_controls(self._config), inside["decoder.controls"])
        issue = inside["controller.issue"]
        pending, second = inside["lsu.wb_pending"], inside["lsu.second"]
        last, done, fault = inside["lsu.wb_last"], inside["lsu.wb_done"], inside["lsu.wb_fault"]

        # The instruction in EX, as ID saw it.
        rd, rs1 = Signal(5), Signal(5)
        memory, writes, steps = Signal(), Signal(), Signal()  # loads or stores; writes rd; steps its pointer
        with m.If(issue):
            m.d.sync += [
                rd.eq(word[7:12]),
                rs1.eq(word[15:20]),
                memory.eq(controls.execute.memory),
                writes.eq(controls.execute.write_rd),
                steps.eq(controls.execute.post_increment),
            ]

        # Register k in program order, up to the instruction that left EX last.
        value = Signal(32, reset_less=True)
        saved = Signal(32)  # what an access fault of that instruction brings back
        coming = Signal()  # it is a load of k, and its data are awaited
        older, value_next, coming_next = Signal(32), Signal(32), Signal()
        in_ex = Mux(memory, steps & (rs1 == k), writes & (rd == k))
        m.d.comb += [
            older.eq(Mux(done & coming, inside["wb_result"], value)),
            value_next.eq(older),
            coming_next.eq(coming & ~done),
        ]
        with m.If(fault & last):
            m.d.comb += [value_next.eq(saved), coming_next.eq(0)]
        with m.Elif(ex_done):
            m.d.comb += coming_next.eq(memory & writes & (rd == k))
            m.d.sync += saved.eq(older)
            with m.If(in_ex):
                m.d.comb += value_next.eq(ex_result)
        m.d.sync += [value.eq(value_next), coming.eq(coming_next)]

        file = Array([0, *(inside[f"register_file.x{number}"] for number in range(1, 32))])[k]
        read = {name: inside[f"operands.{name}_value"] for name in ("rs1", "rs2", "rd")}
        fields = {"rs1": word[15:20], "rs2": word[20:25], "rd": word[7:12]}
        forwarding = [unit for unit in self._config.units if unit.forwarded]
        forwards = {unit.name: inside[f"operands.{unit.name}_forward"] for unit in forwarding}
        forward = Cat(*forwards.values()).any()
        claims: dict[str, Value] = {}
        for name, field in fields.items():
            needs = issue & getattr(controls, f"reads_{name}") & ~(forward if name == "rd" else 0)
            claims[f"{name} is the architecture's"] = ~(needs & (field == k)) | (
                ~coming_next & (read[name] == value_next)
            )
            claims[f"{name} of x0 is zero"] = (field != 0) | (read[name] == 0)
        jumps = issue & (controls.jump == Jump.REGISTER) & (fields["rs1"] == k)
        in_file = inside["register_file.read_value"][:32]
        claims["jalr reads the architecture's"] = ~jumps | (~coming_next & (in_file == value_next))
        for unit, by_unit in forwards.items():
            claims[f"{unit} forwards from its instruction to its own"] = ~(issue & by_unit) | (
                ex_valid & ex.controls[unit] & controls.execute[unit] & (ex.rd == fields["rd"])
            )
        # What makes it inductive: where the pipeline keeps what the shadow knows.
        steps_k = wb.post_increment & (wb.rs1 == k)
        half = pending & ~last  # the lower half of a crossing access; its instruction is still in EX
        claims |= {
            "invariant: file": file == value,
            "invariant: EX": ~ex_valid
            | (
                (ex.rd == rd)
                & (ex.rs1 == rs1)
                & (ex.controls.memory == memory)
                & (ex.controls.write_rd == (writes & (rd != 0)))
                & (ex.controls.post_increment == steps)
            ),
            "invariant: pointer": ~(ex_valid & steps & (rs1 == k)) | ((ex.a == value) & ~coming),
            "invariant: stepping accesses memory": ~ex_valid | ~steps | memory,
            "invariant: no word that is rounded down to is stepped over": ~ex_valid
            | ~(
                steps
                & Cat(*(ex.controls[unit.name] for unit in self._config.units if unit.loads_words)).any()
            ),
            "invariant: accesses are the load/store unit's": ~(ex_valid & memory)
            | (ex.controls.unit == FunctionalUnit.LSU),
            "invariant: load": coming == (pending & last & wb.write_rd & (wb.rd == k)),
            "invariant: saved": ~(pending & last) | (saved == Mux(steps_k, access.address, value)),
            "invariant: half": ~half
            | (
                ex_valid
                & memory
                & second
                & (wb.rd == ex.rd)
                & (wb.rs1 == ex.rs1)
                & (wb.write_rd == ex.controls.write_rd)
                & (wb.post_increment == (steps & (rs1 != 0)))
            ),
            "invariant: half of a pointer": ~(half & steps_k) | (access.address == value),
            "invariant: second": ~second | (ex_valid & memory),
            "invariant: x0 is not written": ~pending | ~wb.write_rd | (wb.rd != 0),
            "invariant: x0 is not stepped": ~pending | ~wb.post_increment | (wb.rs1 != 0),
        }
        claim(m, claims)
        # Registers have no reset: after it they have any value, which is where the shadow begins.
        begins = Signal(init=1)
        m.d.sync += begins.eq(0)
        m.d.comb += Assume(~begins | (value == file))


PROOFS = tuple(
    Proof(
        name=f"forwarding.registers{end}",
        what="the registers that an instruction reads in ID hold what the instructions before it wrote, for "
        "every sequence of instructions, stalls and access faults",
        method=Method.INDUCTION,
        depth=6,
        build=CoreSources(
            ForwardingHarness,
            config,
            cut=(
                "alu",
                "branch",
                "multiplier",
                "divider",
                "csr_file",
                "fetch",
                "hardware_loops",
                *unit_names(config),
            ),
        ),
        assumes="ALU, multiplier, divider, CSRs, fetch unit, hardware loops and extension units are "
        "black-boxed, their outputs arbitrary",
    )
    for config, end in CORES.items()
)
