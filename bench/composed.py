"""Networks composed of layers: each distinct program runs once on the RTL, and stands for all layers of it.

Cycles depend on data through bank conflicts alone. A layer's run is kept by its kernel, plan, weights and
inputs, so that another network, or the same one with another layer changed, finds it again.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from bench.inference import Inference, first_difference
from bench.network import layer_result, run_stretches
from bench.stretch import MAIN, NetworkProgram
from common.cache import Ingredient, plain
from common.workers import Workers
from compiler.folder.program import source_files
from compiler.folder.read import NetworkFolder
from compiler.folder.record import StepRecord

#: Predicted cycles below which the step before runs too, so that caches are filled as in the network.
WARM_CYCLES = 300_000


def run_composed(
    folder: NetworkFolder,
    inputs: np.ndarray,
    *,
    processes: int = 1,
    workers: Workers | None = None,
    done: Callable[[int], None] = lambda cycles: None,
) -> Inference:
    """Run each distinct layer program of a folder once on the RTL, with its real inputs.

    Outputs of the other layers are the golden models'. ``done`` is called with the predicted cycles of each
    program that has ended. Raises as ``bench.network.run_folder``.
    """
    golden, record = folder.golden.outputs(inputs), folder.record
    program = NetworkProgram(folder=folder, inputs=inputs, golden=golden)
    first = _first_of_its_program(folder)
    stretches = {number: _stretch(record.steps, number) for number in dict.fromkeys(first)}
    ingredients = {stretch: list(_ingredients(program, stretch)) for stretch in stretches.values()}
    runs = run_stretches(program, ingredients, processes, workers, done)
    layers, cycles = [], 0
    for number, step in enumerate(record.steps):
        own = runs[stretches[first[number]]].steps[-1]
        result = layer_result(record.steps[first[number]], own, golden[first[number]])
        if first[number] != number:
            result = replace(
                result,
                layer=step,
                output=golden[number],
                differs_at=None,
                measured_as=record.steps[first[number]].name,
            )
        layers.append(result)
        cycles += own.cycles
    for stretch in stretches.values():
        for number, run in zip(stretch[:-1], runs[stretch].steps, strict=False):
            if (wrong := first_difference(run.output, golden[number])) is not None:
                layers[number] = replace(layers[number], output=run.output, differs_at=wrong)
    output = folder.golden.output(golden)
    return Inference(output=output, cycles=cycles, layers=tuple(layers), composed=True)


def predicted_cycles(folder: NetworkFolder) -> int:
    """Predicted cycles of all that a composed run simulates."""
    steps = folder.record.steps
    numbers = {n for first in set(_first_of_its_program(folder)) for n in _stretch(steps, first)}
    return sum(steps[number].predicted_cycles for number in numbers)


def _first_of_its_program(folder: NetworkFolder) -> list[int]:
    """For each step the first that has the same program; itself where the sources are no longer compile's."""
    steps = folder.record.steps
    changed = any(name.startswith(("src/", "kernels/", "include/", "runtime/")) for name in folder.changed)
    if changed:
        return list(range(len(steps)))
    first: dict[str, int] = {}
    return [first.setdefault(step.program, number) for number, step in enumerate(steps)]


def _stretch(steps: tuple[StepRecord, ...], number: int) -> range:
    """The steps to run for the cycles of one: itself, and the one before where it is short."""
    warm = number > 0 and steps[number].predicted_cycles < WARM_CYCLES
    return range(number - warm, number + 1)


def _ingredients(program: NetworkProgram, stretch: range) -> Iterator[Ingredient]:
    """All that the cycles and the output of a stretch's last step depend on."""
    folder, number = program.folder, stretch[-1]
    path, step = folder.path, folder.record.steps[number]
    yield plain([step.program, [folder.record.steps[n].output_bytes for n in stretch]])
    yield plain([folder.record.output.bytes])
    yield plan_text(program, number)
    for constant in step.constants:
        yield (path / constant.file).read_bytes()
    made = {folder.record.input.symbol: program.inputs}
    made |= {folder.record.steps[n].output: program.golden[n] for n in range(number)}
    made |= {constant.symbol: np.empty(0) for constant in step.constants}
    if all(name in made for name in step.inputs):
        yield from (made[name].tobytes() for name in step.inputs)
    else:  # parts of an activation, or one that several steps write
        yield from program.arenas(number).values()
    own = [source for source in source_files(folder) if source.stem != folder.record.name]
    others = [*(path / "include").iterdir(), *(path / "runtime").iterdir()]
    for source in sorted({*own, *others, *(path / "kernels" / step.operator).iterdir()}):
        if source.parent.name != "src" or source.stem.startswith((f"{step.operator}_", "network")):
            yield from (source.name, source.read_bytes())
    yield MAIN.read_bytes()
    yield (path / "flags.txt").read_bytes()


def plan_text(program: NetworkProgram, number: int) -> str:
    """A step's plan as it lies in the folder, without names that say which step it is."""
    record = program.folder.record
    text = (program.folder.path / "src" / f"{record.name}.c").read_text(errors="replace")
    begin = re.search(rf"^/\* {number}: .*\n", text, re.MULTILINE)
    end = re.compile(r"^(/\* \d+: |static const struct network_step)", re.MULTILINE)
    if begin is None or (found := end.search(text, begin.end())) is None:
        return text
    plan = text[begin.end() : found.start()].replace(f"{record.name}_{number}_", "own_")
    plan = plan.replace(f"step_{number} ", "step ")
    names = list(dict.fromkeys(re.findall(rf"{record.name}_(?:activation|constant)_\d+", plan)))
    for place, name in enumerate(names):
        plan = re.sub(rf"\b{name}\b", f"operand{place}", plan)
    return plan
