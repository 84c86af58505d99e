"""Programs on the generated core: how they end, what is dumped, printed and interrupted."""

from pathlib import Path

import pytest

from common.errors import UserError
from hw.config import MEMORY_MAP, RV32IM, XDECIMATE, Region
from hw.peripherals import CHARACTER_OUTPUT, REGISTERS
from sim.elf import Program, load_elf
from sim.rtl.errors import SimulationError
from sim.rtl.job import Job, WaitStates
from sim.rtl.model import Model, core_model
from sim.rtl.run import run_on_model, run_programs
from sw_kernels.build import compile_object, core_flags, link_program
from verif.programs.builder import NOP, Builder

PROGRAMS = Path(__file__).parent / "programs"
SOFTWARE, TIMER, EXTERNAL = ((1 << 31) + n for n in (3, 7, 11))


def build(name: str, **defines: int) -> Program:
    values = {key: str(value) for key, value in defines.items()}
    compiled = compile_object(PROGRAMS / f"{name}.c", core_flags(XDECIMATE), values)
    return load_elf(link_program(name, [compiled], XDECIMATE, MEMORY_MAP.l1.size))


def report(code: int) -> Program:
    return build("report", CODE=code, OUTPUT=CHARACTER_OUTPUT)


def words(content: bytes) -> list[int]:
    return [int.from_bytes(content[i : i + 4], "little") for i in range(0, len(content), 4)]


def test_exit_codes_output_and_dumps_of_many_jobs():
    jobs = []
    for code in (0, 1, 77, 0):
        program = report(code)
        dumps = {
            "middle": Region(base=program.symbols["bytes"] + 1, size=5),
            "scratch": Region(base=program.symbols["scratch"], size=16),
        }
        jobs.append(Job(program=program, dumps=dumps))
    seen = []
    results = run_programs(XDECIMATE, jobs, processes=2, on_result=lambda n, result: seen.append((n, result)))
    assert [result.exit_code for result in results] == [0, 1, 77, 0]
    assert [result.output for result in results] == ["a line\n"] * 4
    for result in results:
        assert result.dumps["middle"] == bytes((11, 12, 13, 14, 15))
        assert words(result.dumps["scratch"]) == [0, 0x01010101, 0x02020202, 0x03030303]
        assert 0 < result.instructions < result.cycles
    assert results[0] == results[3]
    assert sorted(seen, key=lambda pair: pair[0]) == list(enumerate(results))


def test_a_program_that_does_not_end():
    slow, asleep = run_programs(
        XDECIMATE,
        [Job(program=report(0), max_cycles=50), Job(program=build("sleeper"), max_cycles=1000)],
    )
    assert (slow.exit_code, slow.cycles, slow.asleep) == (None, 50, False)
    assert (asleep.exit_code, asleep.cycles, asleep.asleep) == (None, 1000, True)
    assert slow.last_fetch in MEMORY_MAP.l2


@pytest.mark.parametrize("delay", [1, 2, 100])
def test_interrupts_on_demand(delay: int):
    program = build("interrupts", DEVICE=REGISTERS[0], DELAY=delay)
    dumps = {name: Region(base=program.symbols[name], size=12) for name in ("causes", "counts")}
    waits = WaitStates(instr_grant=60, instr_response=60, data_grant=60, data_response=60)
    jobs = [Job(program=program, dumps=dumps, max_cycles=20_000)]
    jobs.append(Job(program=program, dumps=dumps, max_cycles=20_000, waits=waits))
    for result in run_programs(XDECIMATE, jobs):
        assert result.exit_code == 0
        assert words(result.dumps["causes"]) == [SOFTWARE, TIMER, EXTERNAL]
        assert words(result.dumps["counts"]) == [1, 1, 1]


def test_interrupts_come_after_their_delay():
    programs = [build("interrupts", DEVICE=REGISTERS[0], DELAY=delay) for delay in (3000, 5000)]
    short, long = run_programs(XDECIMATE, [Job(program=program) for program in programs])
    assert long.cycles - short.cycles == 3 * 2000


def test_a_larger_l1_is_seen_by_the_program_only_if_asked_for():
    address = MEMORY_MAP.l1.end
    jobs = [
        Job(program=report(0), l1_bytes=size, dumps={"end": Region(base=address - 4, size=4)})
        for size in (MEMORY_MAP.l1.size, 1 << 20)
    ]
    assert all(result.passed for result in run_programs(XDECIMATE, jobs))
    with pytest.raises(ValueError, match="lie in one memory"):
        run_programs(XDECIMATE, [Job(program=report(0), dumps={"x": Region(base=address, size=4)})])


@pytest.mark.long
def test_a_trace_is_written(tmp_path: Path):
    trace = tmp_path / "t.fst"
    out = Builder()
    out.words += [NOP] * 1000
    job = Job(program=out.finish())
    [result] = run_programs(RV32IM, [job], trace=trace)
    assert result.passed
    assert trace.stat().st_size > 10_000
    with pytest.raises(UserError, match="cannot write"):
        run_programs(RV32IM, [job], trace=tmp_path / "none" / "t.fst")


def test_a_simulator_that_dies_is_an_error():
    model = core_model(XDECIMATE)
    with pytest.raises(SimulationError, match="ended with status"):
        run_on_model(_Dying(model.directory, model.toplevel), [Job(program=report(0))])


class _Dying(Model):
    @property
    def executable(self) -> Path:
        return Path("/bin/false")
