"""Networks on the simulated cluster: every layer's output against the golden models, and its cycles."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from bench.inference import Inference, LayerError, LayerResult, first_difference
from bench.stretch import NetworkProgram, StepRun, StretchRun
from common.cache import Ingredient
from common.workers import Here, Processes, Workers
from compiler.folder.read import NetworkFolder
from compiler.folder.record import StepRecord
from compiler.folder.write import cached_folder
from compiler.network import Network
from hw.cluster.registers import COUNTER_NAMES


def run_folder(
    folder: NetworkFolder,
    inputs: np.ndarray,
    *,
    processes: int = 1,
    workers: Workers | None = None,
    done: Callable[[int], None] = lambda cycles: None,
) -> Inference:
    """Run the program in a folder on the RTL, layer after layer, on one input.

    Each layer reads what the layers before it computed on the RTL. A long network runs in stretches, in
    ``processes`` processes or on ``workers``: each starts with the golden outputs of the one before, which
    must be the bytes that this one computed. ``done`` is called with the predicted cycles of each stretch
    that has ended.

    Raises ``UserError`` when the input has another shape or type, ``LayerError`` when a layer does not end.
    """
    golden = folder.golden.outputs(inputs)
    program = NetworkProgram(folder=folder, inputs=inputs, golden=golden)
    stretches = list(program.stretches())
    runs = run_stretches(program, dict.fromkeys(stretches, ()), processes, workers, done)
    ordered = [runs[stretch] for stretch in stretches]
    steps = [step for run in ordered for step in run.steps]
    layers = [
        layer_result(record, step, expected)
        for record, step, expected in zip(folder.record.steps, steps, golden, strict=True)
    ]
    cycles = sum(step.cycles for step in steps)
    return Inference.checked(folder, golden, layers, ordered[-1].output, cycles=cycles, model="rtl")


def run_stretches(
    program: NetworkProgram,
    stretches: Mapping[range, Sequence[Ingredient]],
    processes: int,
    workers: Workers | None,
    done: Callable[[int], None],
) -> dict[range, StretchRun]:
    """Run stretches, each kept by the ingredients beside it; see ``run_folder``."""
    record = program.folder.record
    runs: dict[range, StretchRun] = {}
    many = min(processes, len(stretches))
    with workers or (Processes(many) if many > 1 else Here()) as place:
        units = ((stretch, program.unit(stretch, parts)) for stretch, parts in stretches.items())
        for stretch, outcome in place.as_completed(units):
            runs[stretch] = program.run(stretch, outcome)
            done(sum(record.steps[number].predicted_cycles for number in stretch))
    for stretch in stretches:
        _check_ended(program.folder, runs[stretch])
    return runs


def run_network(network: Network, inputs: np.ndarray) -> Inference:
    """Run a network from a folder in the cache; see ``run_folder``."""
    return run_folder(cached_folder(network), inputs)


def layer_result(record: StepRecord, run: StepRun, golden: np.ndarray) -> LayerResult:
    """A layer that ran, compared with its golden output."""
    counters = {name: sum(core[i] for core in run.cores) for i, name in enumerate(COUNTER_NAMES)}
    return LayerResult(
        layer=record,
        cycles=max(core[0] for core in run.cores),
        counters=counters,
        output=run.output,
        differs_at=first_difference(run.output, golden),
    )


def _check_ended(folder: NetworkFolder, run: StretchRun) -> None:
    """Raise ``LayerError`` for the step that did not end."""
    if not run.why:
        return
    number = min(run.first + len(run.steps), len(folder.record.steps) - 1)
    where = "" if run.wrong_at is None else f"; its output differs first at index {run.wrong_at}"
    raise LayerError(f"layer {folder.record.steps[number].name} did not end: {run.why}{where}")
