"""The speed of simulation: of the core under cocotb, and of the same model in a bare C++ loop."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from common.workplace import workplace
from hw.config import MEMORY_MAP, CoreConfig, Region
from sim.rtl.cocotb_runner import VERILATOR_ROOT
from sim.rtl.errors import SimulationError
from sim.rtl.image import write_image
from sim.rtl.job import Job
from sim.rtl.model import Model, core_model
from sim.rtl.run import run_on_model

_SOURCE = Path(__file__).parent / "bare.cpp"


@dataclass(frozen=True)
class SimulationSpeed:
    """Clock cycles per second of wall time, start-up left out."""

    cocotb: float
    bare: float

    @property
    def ratio(self) -> float:
        """Speed under cocotb as a fraction of the bare model's."""
        return self.cocotb / self.bare


def measure_speed(config: CoreConfig, job: Job) -> SimulationSpeed:
    """Run a program without wait states both ways; a few million cycles give a steady figure.

    Raises ``SimulationError`` when either simulator fails, or when they disagree on the cycles.
    """
    model = core_model(config)
    [result] = run_on_model(model, [job])
    with workplace() as folder:
        cycles, seconds = _run_bare(model, job, folder)
    if cycles != result.cycles:
        raise SimulationError(f"the program took {result.cycles} cycles under cocotb but {cycles} without it")
    return SimulationSpeed(result.cycles / result.seconds, cycles / seconds)


def _run_bare(model: Model, job: Job, folder: Path) -> tuple[int, float]:
    """Compile the loop, run it, and return cycles and seconds."""
    log = folder / "bare.log"
    executable = folder / "bare"
    objects = [model.directory / "Vtop__ALL.a", *model.directory.glob("verilated*.o")]
    headers = (model.directory, VERILATOR_ROOT / "include", VERILATOR_ROOT / "include" / "vltstd")
    include = [argument for header in headers for argument in ("-I", header)]
    compiler = ["g++", "-O2", "-std=c++20", *include, _SOURCE, *objects, "-pthread", "-o", executable]
    l1 = Region(base=MEMORY_MAP.l1.base, size=job.l1_bytes)
    write_image(folder / "0.l1.hex", l1, job.program.segments)
    write_image(folder / "0.l2.hex", MEMORY_MAP.l2, job.program.segments)
    numbers = (job.program.entry, job.program.tohost, job.l1_bytes, job.max_cycles)
    with log.open("w") as file:
        for command in (compiler, [executable, *map(str, numbers), f"+directory={folder}"]):
            done = subprocess.run(
                list(map(str, command)), stdout=subprocess.PIPE, stderr=file, text=True, check=False
            )
            if done.returncode:
                raise SimulationError(f"the bare loop around {model.toplevel} failed:", log)
    cycles, seconds = done.stdout.split()
    return int(cycles), float(seconds)
