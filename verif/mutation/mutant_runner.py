"""The unit's bench on every mutant: cocotb tests that run inside the simulator, case after case.

Reads mutants.json of the working directory, the numbers to run, and appends a line to killed.jsonl for each
that a case sees.
"""

import json
from pathlib import Path
from typing import Any

import cocotb

from verif.testbenches import bench_decimate

#: Cases in the order of what they see, most first.
CASES = (
    "everything_at_once",
    "kills_and_faults",
    "clear_anywhere",
    "corners",
    "same_destination",
    "interleaved_destinations",
    "one_a_cycle",
)
_TESTS = {test.name: test for name in CASES for test in getattr(bench_decimate, name).generate_tests()}
_MUTANTS = json.loads(Path("mutants.json").read_text())
_killed: set[int] = set()


@cocotb.test()
@cocotb.parametrize(mutant=_MUTANTS, case=CASES)
async def fault(dut: Any, mutant: int, case: str) -> None:
    if mutant in _killed:
        return
    dut.mutant.value = mutant
    try:
        await _TESTS[case].func(dut)
    except AssertionError as error:
        _killed.add(mutant)
        with Path("killed.jsonl").open("a") as file:
            file.write(json.dumps({"mutant": mutant, "check": case, "message": str(error)}) + "\n")
