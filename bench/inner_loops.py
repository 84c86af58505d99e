"""Marginal cycles of the kernels' inner loops: what a longer reduction costs, per iteration."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.measure import measure
from hw.config import CoreConfig
from sw_kernels.kernel import Kernel

_CHANNELS = (8, 16)
_REDUCTIONS = (512, 1024)


@dataclass(frozen=True)
class InnerLoop:
    """Cycles of one iteration, which takes four non-zero weights of each filter it serves."""

    operator: str
    kernel: str
    m: int | None
    cycles_per_iteration: float
    macs_per_iteration: int
    matches_golden: bool


def inner_loops(config: CoreConfig, kernels: Sequence[Kernel], seed: int) -> list[InnerLoop]:
    """Cycles per iteration on the RTL with zero wait states, of the kernels that have an inner loop.

    What more of the reduction costs more of the channels: so neither what is done once a channel nor what is
    done once a patch is in it.
    """
    probes = [(kernel, kernel.loop, kernel.operator.probe) for kernel in kernels]
    probed = [(kernel, loop, probe) for kernel, loop, probe in probes if loop and probe]
    cases = [(kernel, probe(k, c)) for kernel, _, probe in probed for k in _CHANNELS for c in _REDUCTIONS]
    measurements, _ = measure(config, [kernel.random_layer(geometry, seed) for kernel, geometry in cases])
    results = dict(zip(cases, measurements, strict=True))
    (few, many), (short, long) = _CHANNELS, _REDUCTIONS
    loops = []
    for kernel, loop, probe in probed:
        own = {(k, c): results[kernel, probe(k, c)] for k in _CHANNELS for c in _REDUCTIONS}
        cycles = {case: result.cycles for case, result in own.items()}
        cost = cycles[many, long] - cycles[many, short] - cycles[few, long] + cycles[few, short]
        outputs = (many - few) * probe(many, long).positions
        iterations = outputs * (long - short) // (loop.outputs * 4 * (kernel.m or 1))
        loops.append(
            InnerLoop(
                kernel.operator.name,
                kernel.name,
                kernel.m,
                cost / iterations,
                4 * loop.outputs,
                all(result.matches_golden for result in own.values()),
            )
        )
    return loops
