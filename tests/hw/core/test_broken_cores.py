"""A test of the tests: cores broken on purpose must fail the regression of random programs.

One core holds every fault, each in its place in the sources and behind a value of the input ``mutant``.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import hw
from hw.config import XDECMAC
from sim.rtl.errors import SimulationError
from sim.rtl.model import Model, tile_model
from verif.cosim.check import check_all
from verif.fuzz.case import case

SOURCES = Path(hw.__file__).parent
SEED = 1
PROGRAMS, BATCH = 24, 3


@dataclass(frozen=True)
class Fault:
    """``right`` becomes ``wrong`` in ``line``, which stands once in a source file."""

    file: str
    line: str
    right: str
    wrong: str


FAULTS = {
    "no forwarding from EX": Fault(
        "core/operands.py", "m.If(self.execute_write.enable & (", "self.execute_write.enable", "Const(0)"
    ),
    "no forwarding from WB": Fault(
        "core/operands.py", "m.Elif(self.memory_write.enable & (", "self.memory_write.enable", "Const(0)"
    ),
    "forwarding of the older result": Fault(
        "core/operands.py",
        "value.eq(self.execute_write.value)",
        "self.execute_write.value",
        "Mux(self.memory_write.enable & (self.memory_write.register == field), self.memory_write.value, "
        "self.execute_write.value)",
    ),
    "load-use hazard of the accumulator missed": Fault(
        "core/operands.py", "rd_waits = loads[RD] &", "loads[RD]", "Const(0)"
    ),
    "post-increment lost while a load is awaited": Fault(
        "core/stages/execute.py",
        "registers.write_execute.enable.eq(ex_done & ex_writes)",
        "ex_done & ex_writes",
        "ex_done & ex_writes & ~lsu.wb_pending",
    ),
    "a fault does not take back the post-increment": Fault(
        "core/stages/write_back.py", "m.If(lsu.wb_fault & wb.post_increment)", "lsu.wb_fault", "Const(0)"
    ),
    "a faulting access counts as retired": Fault(
        "core/stages/system.py", "csrs.unretire.eq(lsu.wb_fault & ", "lsu.wb_fault", "Const(0)"
    ),
    "loop counted while its last instruction stalls": Fault(
        "core/stages/hardware_loops.py",
        "counts = issue.replicate(2) &",
        "issue.replicate(2)",
        "controller.id_valid.replicate(2)",
    ),
    "loop once too often": Fault("core/fetch.py", "(loop.count > 1)", "loop.count > 1", "loop.count > 0"),
    "ungranted fetch aborted": Fault(
        "core/fetch.py", "held.eq(bus.req & ~bus.gnt)", "bus.req & ~bus.gnt", "Const(0)"
    ),
    "store data in the wrong lanes": Fault(
        "core/lsu.py",
        "bus.wdata.eq(self.store_data.rotate_left(8 * byte))",
        "self.store_data.rotate_left(8 * byte)",
        "self.store_data.rotate_left(8 * byte + 8)",
    ),
    "sign of a loaded half lost": Fault(
        "core/lsu.py", "sign = access.load_signed & aligned[15]", "aligned[15]", "aligned[7]"
    ),
    "counter not seen ahead by the next xdecimate": Fault(
        "units/decimate/unit.py", "ahead.eq(counter + pending)", "counter + pending", "counter"
    ),
    "counter advances twice on a stall": Fault(
        "units/decimate/unit.py", "m.Elif(self.result_valid)", "self.result_valid", "busy"
    ),
    "counter advances on a fault": Fault(
        "units/decimate/unit.py",
        "busy & self.mem_result_valid & ~self.mem_result_err)",
        "~self.mem_result_err",
        "Const(1)",
    ),
    "wrong lane at M=4": Fault(
        "units/decimate/unit.py",
        "merge_lane.eq(lane(ahead))",
        "lane(ahead)",
        "Mux(self.issue_operation == Operation.M4, ahead[:2], lane(ahead))",
    ),
    "merge into the rd that was read, not the forwarded one": Fault(
        "units/decimate/unit.py",
        "kept.eq(Mux(commit & ~self.issue_forward",
        "~self.issue_forward",
        "Const(1)",
    ),
    "carry of an M=8 index lost": Fault("units/decimate/index.py", "& nibble[3]", "nibble[3]", "Const(0)"),
    "counter advances by one for xdecmac": Fault(
        "units/decmac/record.py",
        "decimate.issue_step.eq(1 if banked else 2)",
        "1 if banked else 2",
        "Const(1)",
    ),
    "index of xdecmac as xdecimate has it": Fault(
        "units/decimate/index.py", "Mux(words, counter[1:], counter)", "counter[1:]", "counter"
    ),
    "address of xdecmac not rounded down": Fault(
        "core/lsu.py", "& ~self.whole_word.replicate(2)", "~self.whole_word.replicate(2)", "Const(3)"
    ),
    "weight by the wrong bits of the counter": Fault(
        "units/decmac/record.py",
        "decimate.csr_rdata[1:3]",
        "decimate.csr_rdata[1:3]",
        "decimate.csr_rdata[:2]",
    ),
    "the word of a fault is multiplied": Fault(
        "units/decmac/record.py", "responds & ~core.data.err", "~core.data.err", "Const(1)"
    ),
    "dot product beside products of xdecmac": Fault(
        "core/multiplier.py",
        "is_dot_of_bytes = (self.operation == Op.DOT)",
        "(self.operation == Op.DOT)",
        "Const(0)",
    ),
    "product of words beside products of xdecmac": Fault(
        "core/multiplier.py",
        "is_word = ~Value.cast(self.operation)[2]",
        "~Value.cast(self.operation)[2]",
        "Const(0)",
    ),
    "upper half of a scaled value from the next one": Fault(
        "core/multiplier.py", "x[0].eq(partial[16:32].as_", "partial[16:32]", "self.scale_value[16:]"
    ),
    "a byte that the shift brings within bounds is clipped": Fault(
        "units/decmac/unit.py", "above = Cat(self.scale_amount <= bit", "self.scale_amount <= bit", "Const(1)"
    ),
    "xdecimate takes the register before the word is multiplied": Fault(
        "units/decmac/record.py", "m.If(execute.decimate & lsu.wb_pending", "execute.decimate", "Const(0)"
    ),
    "accumulator read before its product": Fault(
        "units/decmac/record.py", "(reads_accumulator & on_their_way)", "on_their_way", "Const(0)"
    ),
    "xdecq before the last product": Fault(
        "units/decmac/record.py",
        "(quantizes & (lsu.wb_pending | unit.multiply_valid))",
        "(lsu.wb_pending | unit.multiply_valid)",
        "lsu.wb_pending",
    ),
    "xdecq leaves the counter": Fault(
        "units/decmac/record.py", "decimate.csr_we.eq(pipeline.ex_done)", "pipeline.ex_done", "Const(0)"
    ),
    "xdecq wraps": Fault("units/decmac/unit.py", "byte.eq(Mux(outside,", "outside", "Const(0)"),
}

FAULTY = '''"""The input that chooses a fault."""

from amaranth.hdl import Const, Mux, Signal

mutant = Signal(16)


def faulty(number, right, wrong):
    return Mux(mutant == number, wrong, right)
'''
GENERATE = """
from hw import generate
from hw.config import XDECMAC
from hw.faulty import mutant

ports = generate.component_ports
generate.component_ports = lambda component: ports(component) | {"mutant": (mutant, None)}
print(generate.core_verilog(XDECMAC, rvfi=True))
"""


def broken_verilog(folder: Path) -> str:
    """Verilog of a core with all faults."""
    shutil.copytree(SOURCES, folder / "hw", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "hw" / "faulty.py").write_text(FAULTY)
    for number, fault in enumerate(FAULTS.values(), 1):
        path = folder / "hw" / fault.file
        source = path.read_text()
        assert source.count(fault.line) == 1, f"{fault.file} must hold {fault.line!r} once"
        assert fault.line.count(fault.right) == 1
        line = fault.line.replace(fault.right, f"faulty({number}, {fault.right}, {fault.wrong})")
        source = source.replace(fault.line, line)
        if "import Const, Mux, faulty" not in source:
            source = source.replace("\nfrom ", "\nfrom hw.faulty import Const, Mux, faulty\nfrom ", 1)
        path.write_text(source)
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", GENERATE]
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The simulator of a core with all faults."""
    return tile_model(broken_verilog(tmp_path_factory.mktemp("broken")), rvfi=True, mutants=True)


def differences(model: Model, mutant: int) -> list[str]:
    """Differences of the first batch of programs that finds any; of all batches, if none does."""
    for first in range(0, PROGRAMS, BATCH):
        cases = [case(XDECMAC, SEED, number) for number in range(first, first + BATCH)]
        jobs = [replace(made.job(), mutant=mutant, max_cycles=50_000) for made in cases]
        try:
            outcomes = check_all(jobs, XDECMAC, model=model)
        except SimulationError as error:
            if "a request changed before its grant" not in str(error):
                raise
            return [str(error)]
        if found := [str(outcome.mismatch) for outcome in outcomes if outcome.mismatch]:
            return found
    return []


@pytest.mark.long
def test_without_a_fault_it_passes(model: Model):
    assert differences(model, 0) == []


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_core_is_caught(model: Model, name: str):
    assert differences(model, 1 + list(FAULTS).index(name))
