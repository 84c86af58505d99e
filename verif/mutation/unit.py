"""Mutants of an extension unit against its bench."""

import json
import time

from common.cache import kept_json, plain
from common.closure import closure
from common.errors import UserError
from common.workplace import workplace
from hw.generate import component_rtlil
from hw.units.unit import Unit
from sim.rtl.model import Model, build_model
from sim.rtl.process import SimulatorProcess
from verif.mutation.mutant import Population, draw
from verif.units.verification import UnitBench, verification

#: The module that runs inside the simulator.
_RUNNER = "verif.mutation.mutant_runner"


def population(unit: Unit, count: int, seed: int) -> Population:
    """Mutants of the unit as any core can host it."""
    return draw(component_rtlil(unit.alone(), unit.module), count, seed)


def bench(unit: Unit) -> UnitBench:
    """The bench of a unit; ``UserError`` when it has none."""
    found = verification(unit).bench
    if found is None:
        raise UserError(
            f"{unit.extension} has no bench for mutants of the unit alone; inject faults into the core"
        )
    return found


def run_bench(unit: Unit, mutants: Population, numbers: list[int], seed: int) -> dict[int, str]:
    """Run the bench on mutants of these numbers; returns for each that it sees the case that saw it.

    Raises ``SimulationError`` when the simulator fails, ``RuntimeError`` when the bench fails without fault.
    """
    model = build_model(mutants.verilog(), unit.module, waived=["UNOPTFLAT"])
    own = bench(unit)
    sources = closure(_RUNNER, own.module, outside=("hw.generate",))
    ingredients = (sources, model.key, plain([own.cases, numbers, seed]))
    killed = kept_json("mutation", ingredients, lambda: _run(own, model, numbers, seed))
    return dict(killed)


def _run(own: UnitBench, model: Model, numbers: list[int], seed: int) -> list[tuple[int, str]]:
    task = {"mutants": [0, *numbers], "module": own.module, "cases": own.cases}
    with workplace() as folder:
        (folder / "mutants.json").write_text(json.dumps(task))
        environment = {"COCOTB_RANDOM_SEED": str(seed)}
        process = SimulatorProcess(model, _RUNNER, folder, environment=environment)
        try:
            while process.running:
                time.sleep(0.05)
            process.check()
        finally:
            process.stop()
        path = folder / "killed.jsonl"
        lines = map(json.loads, path.read_text().splitlines()) if path.exists() else []
        killed = {line["mutant"]: line["check"] for line in lines}
    if 0 in killed:
        raise RuntimeError(f"the bench fails even on the unit without a fault: {killed[0]}")
    return list(killed.items())
