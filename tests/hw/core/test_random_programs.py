"""Random programs on the RTL and on the instruction-set model: the same registers and memory at the end."""

import os
import secrets
from random import Random

import pytest

from hw.config import CONFIGS, Region
from verif.iss.machine import Machine
from verif.programs.builder import DATA, RESULTS
from verif.programs.random_program import DATA_BYTES, RandomProgram
from verif.simulation.job import NO_WAIT_STATES, Job, WaitStates
from verif.simulation.run import run_programs

PROGRAMS = 12
DUMPS = {"results": Region(base=RESULTS, size=128), "data": Region(base=DATA, size=DATA_BYTES)}


@pytest.mark.parametrize("name", CONFIGS)
def test_rtl_and_model_agree(name: str):
    seed = int(os.environ.get("SEED", secrets.randbits(32)))
    print(f"to repeat: SEED={seed} python -m pytest '{__file__}::test_rtl_and_model_agree[{name}]'")
    config = CONFIGS[name]
    jobs, expected = [], []
    for number in range(PROGRAMS):
        random = Random(f"{seed} {number}")
        program = RandomProgram(random, config).build(60)
        machine = Machine(config)
        machine.load(program)
        machine.run(100_000)
        assert machine.memory.exit_word == 1
        expected.append({k: machine.memory.read(region.base, region.size) for k, region in DUMPS.items()})
        waits = NO_WAIT_STATES if number % 3 == 0 else WaitStates.random(random)
        jobs.append(Job(program=program, waits=waits, seed=number + 1, dumps=DUMPS, max_cycles=1_000_000))
    for number, result in enumerate(run_programs(config, jobs)):
        assert result.exit_code == 0, f"program {number} of seed {seed}"
        for part, region in DUMPS.items():
            got, want = result.dumps[part], expected[number][part]
            wrong = [i for i in range(0, region.size, 4) if got[i : i + 4] != want[i : i + 4]]
            assert not wrong, f"program {number} of seed {seed}: {part} differ at offsets {wrong}"
