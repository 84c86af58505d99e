"""Mutants of the XDecimate unit against its bench."""

import json
import time

from common.cache import kept_json, plain
from common.closure import closure
from common.workplace import workplace
from hw.decimate.unit import DecimateUnit
from hw.generate import component_rtlil
from sim.rtl.model import Model, build_model
from sim.rtl.process import SimulatorProcess
from verif.mutation.mutant import Population, draw

TOPLEVEL = "xdecimate_unit"
#: The module that runs inside the simulator.
_RUNNER = "verif.mutation.mutant_runner"


def population(count: int, seed: int) -> Population:
    """Mutants of the unit as any core can host it."""
    return draw(component_rtlil(DecimateUnit(), TOPLEVEL), count, seed)


def run_bench(mutants: Population, numbers: list[int], seed: int) -> dict[int, str]:
    """Run the bench on mutants of these numbers; returns for each that it sees the case that saw it.

    Raises ``SimulationError`` when the simulator fails, ``RuntimeError`` when the bench fails without fault.
    """
    model = build_model(mutants.verilog(), TOPLEVEL, waived=["UNOPTFLAT"])
    ingredients = (closure(_RUNNER, outside=("hw.generate",)), model.key, plain([numbers, seed]))
    killed = kept_json("mutation", ingredients, lambda: _run(model, numbers, seed))
    return dict(killed)


def _run(model: Model, numbers: list[int], seed: int) -> list[tuple[int, str]]:
    with workplace() as folder:
        (folder / "mutants.json").write_text(json.dumps([0, *numbers]))
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
        raise RuntimeError(f"the bench fails on the unit without a fault: {killed[0]}")
    return list(killed.items())
