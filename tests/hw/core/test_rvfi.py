"""The trace port is there when it is asked for, and leaves no trace otherwise."""

import re
from typing import Any

import numpy as np
import pytest
from amaranth.sim import Simulator

from hw.config import CONFIGS, XDECIMATE, CoreConfig, config_named
from hw.core.core import Core
from hw.generate import core_verilog
from hw.instructions import named
from sim.rtl.job import Job
from sim.rtl.model import core_model
from sim.rtl.run import run_on_model
from verif.cosim.trace import RECORD, TRAP
from verif.programs.builder import CODE, Builder

#: Ports of riscv-formal, docs/source/rvfi.rst, with their bits; then those of this core.
PORTS = {
    **dict.fromkeys(("valid", "trap", "halt", "intr", "mem_fault"), 1),
    **dict.fromkeys(("mode", "ixl"), 2),
    **dict.fromkeys(("mem_rmask", "mem_wmask", "mem_fault_rmask", "mem_fault_wmask"), 4),
    **dict.fromkeys(("rs1_addr", "rs2_addr", "rd_addr", "rs3_addr", "rd2_addr"), 5),
    **dict.fromkeys(("insn", "pc_rdata", "pc_wdata", "rs1_rdata", "rs2_rdata", "rd_wdata"), 32),
    **dict.fromkeys(("mem_addr", "mem_rdata", "mem_wdata", "rs3_rdata", "rd2_wdata", "irq"), 32),
    "order": 64,
    **{
        f"csr_{name}_{part}": 64 if name in ("mcycle", "minstret") else 32
        for part in ("rmask", "wmask", "rdata", "wdata")
        for name in (
            *("mvendorid", "marchid", "mimpid", "mhartid", "mstatus", "mstatush", "misa", "mie", "mtvec"),
            "mcountinhibit",
            *("mscratch", "mepc", "mcause", "mtval", "mip", "mcycle", "minstret"),
        )
    },
}


def outputs(verilog: str) -> dict[str, int]:
    """Output ports of the top module called rvfi_*, with their bits."""
    top = verilog[verilog.index("module core(") :]
    top = top[: top.index("endmodule")]
    found = re.findall(r"^  output (?:\[(\d+):0\] )?rvfi_(\w+);", top, re.MULTILINE)
    return {name: int(high or 0) + 1 for high, name in found}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_absent_without_the_switch(config: CoreConfig):
    traced = core_verilog(config, rvfi=True)
    before = core_verilog(config)
    assert not re.search("rvfi|traced", before)
    assert outputs(traced) == PORTS
    # Everything of the core is still there: the trace watches, and is watched by nothing.
    modules = re.findall(r"^module (\S+)", before, re.MULTILINE)
    assert set(modules) <= set(re.findall(r"^module (\S+)", traced, re.MULTILINE))


@pytest.mark.parametrize(
    ("mnemonic", "operands", "sources"),
    [
        ("jalr", {"rd": 1, "rs1": 10, "imm": 2}, {10: CODE, 0: 0}),
        ("beq", {"rs1": 10, "rs2": 11, "imm": 6}, {10: CODE, 11: CODE}),
        ("jal", {"rd": 1, "imm": 6}, {0: 0}),
    ],
)
def test_a_jump_that_traps_for_its_target_shows_its_sources(
    mnemonic: str, operands: dict[str, int], sources: dict[int, int]
):
    """riscv-formal asks for it: the target, and so the trap, is the sources' doing.

    A core with compressed instructions has no such target.
    """
    out = Builder()
    out.load_immediate(10, CODE)
    out.load_immediate(11, CODE)
    where = out.address
    out.words.append(named(mnemonic).encode(**operands))
    job = Job(program=out.finish(), max_cycles=100)
    [result] = run_on_model(core_model(config_named("xdecimate-c"), rvfi=True), [job])
    trace = np.frombuffer(result.trace, RECORD)
    [jump] = trace[trace["pc_rdata"] == where]
    assert jump["status"] == TRAP
    shown = [(int(jump[f"rs{port}_addr"]), int(jump[f"rs{port}_rdata"])) for port in (1, 2)]
    assert dict(shown) | {0: 0} == sources | {0: 0}


def test_the_first_instruction_is_reported_in_cycle_5_and_one_more_in_each_cycle_after():
    """Without wait states, as docs/verification.md says for the depth of riscv-formal's checks."""
    core: Any = Core(XDECIMATE, rvfi=True)
    reported: list[int] = []

    async def memory(context: Any) -> None:
        context.set(core.instr.gnt, 1)
        context.set(core.instr.rdata, named("addi").encode(rd=0, rs1=0, imm=0))
        for cycle in range(1, 13):
            if context.get(core.rvfi.valid):
                reported.append(cycle)
            requested = context.get(core.instr.req)
            await context.tick()
            context.set(core.instr.rvalid, requested)

    simulator = Simulator(core)
    simulator.add_clock(1e-6)
    simulator.add_testbench(memory)
    simulator.run()
    assert reported == list(range(5, 13))
