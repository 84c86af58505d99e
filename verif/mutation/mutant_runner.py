"""The unit's bench on every mutant: cocotb tests that run inside the simulator, case after case.

Reads mutants.json of the working directory, the numbers to run, the bench and its cases, and appends a line
to killed.jsonl for each that a case sees.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import cocotb

_TASK = json.loads(Path("mutants.json").read_text())
_BENCH = import_module(_TASK["module"])
_TESTS = {test.name: test for name in _TASK["cases"] for test in getattr(_BENCH, name).generate_tests()}
_killed: set[int] = set()


@cocotb.test()
@cocotb.parametrize(mutant=_TASK["mutants"], case=_TASK["cases"])
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
