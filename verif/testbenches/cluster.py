"""The generated cluster against as many instruction-set models: a random program for every core."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from hw.cluster.config import ClusterConfig
from hw.cluster.registers import BY_NAME
from hw.config import MEMORY_MAP, Region
from hw.instructions import ADDRESSES
from sim.elf import Program
from sim.iss.machine import Machine
from sim.rtl.cluster import ClusterJob, cluster_model
from sim.rtl.run import run_on_model
from verif.programs.block_program import DATA_BYTES, BlockProgram
from verif.programs.builder import TOHOST, Builder, Place
from verif.testbenches.case import Bench, Outcome

CONFIG = ClusterConfig()
BLOCKS = 40
MAX_CYCLES = 1_000_000
_CODE_STEP = 0x8000
_L1_STEP = 0x2000


def place_of(core: int) -> Place:
    """Code in L2; data, results and end in L1, where the cores meet in the banks but in no word."""
    near = MEMORY_MAP.l1.base + core * _L1_STEP
    code = MEMORY_MAP.l2.base + 0x1_0000 + core * _CODE_STEP
    return Place(code=code, data=near, results=near + 0x1800, tohost=near + 0x1A00)


class ClusterBench(Bench):
    """Data-race-free programs: after each, every core's registers and data as its own model leaves them."""

    name = "cluster"
    about = "eight cores, a random program each, against eight instruction-set models"

    @property
    def cases(self) -> tuple[str, ...]:
        return ("random_programs",)

    def run(self, cases: Sequence[str], seed: int, done: Callable[[Outcome], None]) -> None:
        start = time.monotonic()
        failure = "; ".join(_failures(seed))
        done(Outcome("random_programs", time.monotonic() - start, failure))


def _start() -> Program:
    """Code at the boot address, from which every core continues to its own code."""
    out = Builder()
    out.emit("csrrs", rd=5, csr=ADDRESSES["mhartid"], rs1=0)
    out.emit("slli", rd=5, rs1=5, uimm=_CODE_STEP.bit_length() - 1)
    out.load_immediate(6, place_of(0).code)
    out.emit("add", rd=5, rs1=5, rs2=6)
    out.emit("jalr", rd=0, rs1=5, imm=0)
    return out.program()


def _own(random: Random, core: int) -> Program:
    """A core's program; where its model ends, the core meets the others and ends the simulation."""
    out = Builder(place_of(core))
    BlockProgram(random, CONFIG.core).write(out, BLOCKS)
    out.end()
    out.load_immediate(6, BY_NAME["barrier_wait"].address)
    out.emit("lw", rd=0, rs1=6, imm=0)
    out.load_immediate(6, TOHOST)
    out.emit("sw", rs2=5, rs1=6, imm=0)
    out.emit("jal", rd=0, imm=0)
    return out.program(random.randbytes(DATA_BYTES))


def _failures(seed: int) -> list[str]:
    random = Random(seed)
    start = _start()
    programs = [_own(random, core) for core in range(CONFIG.cores)]
    segments = [*start.segments, *(segment for program in programs for segment in program.segments)]
    whole = replace(start, segments=tuple(segments))
    places = [place_of(core) for core in range(CONFIG.cores)]
    regions = [
        {"registers": Region(base=p.results, size=128), "data": Region(base=p.data, size=DATA_BYTES)}
        for p in places
    ]
    dumps = {f"{part} {core}": r for core, parts in enumerate(regions) for part, r in parts.items()}
    job = ClusterJob(program=whole, config=CONFIG, max_cycles=MAX_CYCLES, dumps=dumps)
    [result] = run_on_model(cluster_model(CONFIG), [job])
    if not result.passed:
        return [f"ended with {result.exit_code} {result.why}"]
    found = []
    for core, place in enumerate(places):
        machine = Machine(CONFIG.core, hart_id=core)
        machine.load(replace(whole, symbols={"tohost": place.tohost}))
        machine.run(MAX_CYCLES)
        expected = {part: machine.memory.read(r.base, r.size) for part, r in regions[core].items()}
        actual = {part: result.dumps[f"{part} {core}"] for part in expected}
        if differing := difference(actual, expected):
            found.append(f"core {core}: {differing}")
    return found


def difference(dumps: dict[str, bytes], expected: dict[str, bytes]) -> str:
    """The first word of a part of memory that is not as expected, or nothing."""
    for part, wanted in expected.items():
        found = dumps[part]
        for offset in range(0, len(wanted), 4):
            words = [int.from_bytes(memory[offset : offset + 4], "little") for memory in (found, wanted)]
            if words[0] != words[1]:
                return f"{part} at offset {offset} is {words[0]:#010x}, must be {words[1]:#010x}"
    return ""
