"""Tables of predicted and measured cycles, made from what ``python -m bench.prediction`` measured."""

from math import prod

from bench.prediction import SMALLEST_CHECKED, measured, recorded
from common.markdown import table
from sw_kernels.conv.kernels import CONV


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


def layers() -> str:
    """A row for each layer that was measured, without the convolutions, which have tables of their own."""
    rows = [
        [
            f"{sample.kernel}",
            f"`{sample.layer.geometry}`",
            f"{sample.cycles:,.0f}",
            f"{sample.layer.geometry.macs / sample.cycles:.2f}" if sample.layer.geometry.macs else "",
            f"{sample.cycles * sample.cluster.cores / prod(sample.layer.geometry.output_shape):.1f}",
        ]
        for sample in measured()
        if sample.kernel.operator is not CONV
    ]
    heads = ("kernel", "geometry", "cycles", "MACs/cycle", "core cycles per output")
    return table(heads, sorted(rows, key=lambda row: row[0]))


#: Tables of docs/compiler.md and docs/kernels.md.
PARTS = {"prediction": prediction}
LAYERS = {"layers": layers}
