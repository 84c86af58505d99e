"""Table of docs/compiler.md of predicted cycles, made from what ``python -m bench.prediction`` measured."""

from bench.prediction import SMALLEST_CHECKED, measured, recorded
from common.markdown import table


def prediction() -> str:
    """One row for each kernel: its conflict factor, and how far predictions of large layers are off."""
    errors: dict[str, dict[bool, list[float]]] = {}
    factors: dict[str, float] = {}
    for sample in (*recorded(), *measured()):
        if sample.cycles >= SMALLEST_CHECKED:
            own = errors.setdefault(str(sample.kernel), {True: [], False: []})
            own[sample.fits].append(sample.predicted() / sample.cycles - 1)
            factors[str(sample.kernel)] = sample.kernel.conflicts

    def worst(values: list[float]) -> str:
        return f"{max(values, key=abs):+.1%} of {len(values)}" if values else ""

    rows = [
        [kernel, f"{factors[kernel]:.2f}", worst(own[True]), worst(own[False])]
        for kernel, own in sorted(errors.items())
    ]
    return table(("kernel", "conflicts", "largest error, fitted", "largest error, others"), rows)


PARTS = {"prediction": prediction}
