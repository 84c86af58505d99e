"""Every kernel on the generated core, with and without wait states, against NumPy byte for byte."""

import time
from collections.abc import Callable, Sequence
from random import Random

from bench.layers import golden_output, random_layer
from hw.config import XDECIMATE, Region
from sim.elf import load_elf
from sim.rtl.job import NO_WAIT_STATES, Job, Result, WaitStates
from sim.rtl.run import run_programs
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.program import build_program
from sw_kernels.variants import VARIANTS, Variant
from verif.testbenches.case import Bench, Outcome

#: Odd pixels and channels, borders, a reduction that is no multiple of 4 * M, several tokens.
GEOMETRIES = {
    "conv": ConvGeometry.parse("C=20,K=6,IX=5,IY=3,F=3,S=1,P=1"),
    "linear": LinearGeometry.parse("C=100,K=7,T=2"),
}
MAX_CYCLES = 5_000_000


def _name(variant: Variant) -> str:
    return str(variant).replace(" ", "_")


class KernelBench(Bench):
    """One case a variant: with a memory that never waits, and with random wait states."""

    name = "kernels"
    about = "every kernel on the core, with and without wait states, against NumPy"

    @property
    def cases(self) -> tuple[str, ...]:
        return tuple(map(_name, VARIANTS))

    def run(self, cases: Sequence[str], seed: int, done: Callable[[Outcome], None]) -> None:
        random = Random(seed)
        variants = [variant for variant in VARIANTS if _name(variant) in cases]
        expected, jobs = [], []
        for variant in variants:
            layer = random_layer(GEOMETRIES[variant.kernel], variant, seed)
            program = load_elf(build_program(layer, XDECIMATE.name))
            region = Region(base=program.symbols["output"], size=layer.scratch["output"])
            for waits in (NO_WAIT_STATES, WaitStates.random(random)):
                expected.append(golden_output(layer).tobytes())
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
            elif differing := _differing(result.dumps["output"], expected[number]):
                failures.append(f"{jobs[number].waits}: {differing}")
            if number % 2:
                now = time.monotonic()
                done(Outcome(_name(variants[number // 2]), now - start, "; ".join(failures)))
                failures.clear()
                start = now

        run_programs(XDECIMATE, jobs, on_result=on_result)


def _differing(found: bytes, expected: bytes) -> str:
    wrong = [n for n, (a, b) in enumerate(zip(found, expected, strict=True)) if a != b]
    if not wrong:
        return ""
    first = wrong[0]
    return (
        f"{len(wrong)} of {len(expected)} output bytes differ, first at {first}: "
        f"{found[first]:#04x}, must be {expected[first]:#04x}"
    )
