"""Every kernel on the generated core, with and without wait states, against NumPy byte for byte."""

import time
from collections.abc import Callable, Sequence
from random import Random

from hw.config import XDECIMATE, CoreConfig, Region
from sim.elf import load_elf
from sim.rtl.job import NO_WAIT_STATES, Job, Result, WaitStates
from sim.rtl.run import run_programs
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.program import build_program
from sw_kernels.registry import KERNELS
from verif.testbenches.case import Bench, Outcome

MAX_CYCLES = 5_000_000


def _name(kernel: Kernel) -> str:
    return str(kernel).replace(" ", "_")


class KernelBench(Bench):
    """One case a kernel: with a memory that never waits, and with random wait states."""

    name = "kernels"
    about = "every kernel on the core, with and without wait states, against NumPy"

    @property
    def cases(self) -> tuple[str, ...]:
        return tuple(map(_name, KERNELS))

    def run(self, cases: Sequence[str], seed: int, done: Callable[[Outcome], None]) -> None:
        random = Random(seed)
        by_core: dict[CoreConfig, list[Kernel]] = {}
        for kernel in KERNELS:
            if _name(kernel) in cases:
                by_core.setdefault(kernel.core(XDECIMATE), []).append(kernel)
        for core, kernels in by_core.items():
            _run(core, kernels, seed, random, done)


def _run(
    core: CoreConfig, kernels: Sequence[Kernel], seed: int, random: Random, done: Callable[[Outcome], None]
) -> None:
    layers, jobs = [], []
    for kernel in kernels:
        layer = kernel.random_layer(kernel.odd, seed)
        program = load_elf(build_program(layer, core))
        region = Region(base=program.symbols["output"], size=layer.scratch["output"])
        for waits in (NO_WAIT_STATES, WaitStates.random(random)):
            layers.append(layer)
            jobs.append(
                Job(
                    program=program,
                    max_cycles=MAX_CYCLES,
                    waits=waits,
                    seed=random.randrange(1, 1 << 31),
                    dumps={"output": region},
                )
            )
    failures: list[str] = []
    start = time.monotonic()

    def on_result(number: int, result: Result) -> None:
        nonlocal start
        if not result.passed:
            failures.append(f"{jobs[number].waits}: ended with {result.exit_code}")
        elif differing := _differing(result.dumps["output"], layers[number]):
            failures.append(f"{jobs[number].waits}: {differing}")
        if number % 2:
            now = time.monotonic()
            done(Outcome(_name(kernels[number // 2]), now - start, "; ".join(failures)))
            failures.clear()
            start = now

    run_programs(core, jobs, on_result=on_result)


def _differing(output: bytes, layer: Layer) -> str:
    found, expected = layer.output_of(output).tobytes(), layer.golden().tobytes()
    wrong = [n for n, (a, b) in enumerate(zip(found, expected, strict=True)) if a != b]
    if not wrong:
        return ""
    first = wrong[0]
    return (
        f"{len(wrong)} of {len(expected)} output bytes differ, first at {first}: "
        f"{found[first]:#04x}, must be {expected[first]:#04x}"
    )
