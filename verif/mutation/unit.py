"""Mutants of an extension unit against its bench."""

import json
import time

from common.cache import kept_json, plain
from common.closure import closure
from common.errors import UserError
from common.workplace import workplace
from hw.config import CONFIGS, CoreConfig
from hw.generate import component_rtlil
from hw.units.unit import Unit
from sim.rtl.model import Model, build_model
from sim.rtl.process import SimulatorProcess
from verif.mutation.mutant import Population, draw
from verif.units.verification import UnitBench, unit_bench

#: The module that runs inside the simulator.
_RUNNER = "verif.mutation.mutant_runner"


def unit_of(config: CoreConfig) -> Unit:
    """The unit of a configuration on which no other of its units builds.

    ``UserError`` when there is none, or more than one.
    """
    needed = {extension for unit in config.units for extension in unit.needs}
    found = [unit for unit in config.units if unit.extension not in needed]
    if len(found) != 1:
        names = " and ".join(unit.extension for unit in found) or "none"
        choices = ", ".join(name for name, other in CONFIGS.items() if other.units)
        raise UserError(
            "mutation of a unit needs a configuration with one extension unit that no other builds on; "
            f"{config.name} has {names}: choose --config {choices}"
        )
    return found[0]


def population(unit: Unit, count: int, seed: int) -> Population:
    """Mutants of the unit as its bench has it."""
    return draw(component_rtlil(unit_bench(unit).component(), unit.module), count, seed)


def run_bench(unit: Unit, mutants: Population, numbers: list[int], seed: int) -> dict[int, str]:
    """Run the bench on mutants of these numbers; returns for each that it sees the case that saw it.

    Raises ``SimulationError`` when the simulator fails, ``RuntimeError`` when the bench fails without fault.
    """
    model = build_model(mutants.verilog(), unit.module, waived=["UNOPTFLAT"])
    own = unit_bench(unit)
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
