"""Stretches of a network's steps on the RTL of a cluster, each a job of its own.

One program runs any stretch: the input, or the activations that the steps before leave in the arena, are
written into its image. They are the golden models'. As every output of the stretch before is compared with
them, the stretches together are one run of the network.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bench.inference import first_difference
from common.cache import Ingredient, plain
from common.closure import closure
from common.workers import Unit
from compiler.budget import L2_BYTES
from compiler.folder.program import link_folder
from compiler.folder.read import NetworkFolder
from compiler.place import rounded
from hw.cluster.config import MAX_CORES, ClusterConfig
from hw.cluster.registers import COUNTER_NAMES
from hw.config import Region
from sim.elf import Program, load_elf
from sim.rtl.cluster import ClusterJob, cluster_memories, cluster_model
from sim.rtl.run import RUNNER, run_on_model

MAIN = Path(__file__).parent / "network_main.c"
#: The program's exit code when the table has another number of steps than the record.
EXIT_STEPS = 0x3000
#: Predicted cycles of a stretch: some 20 seconds, the step of the progress.
STRETCH_CYCLES = 1_500_000
#: Dumps of a program that passes; the others say where one stopped.
_RESULTS = ("profiles", "cycles", "output")
_PROFILE_WORDS = MAX_CORES * len(COUNTER_NAMES)
#: Bytes of L2 that are left to the program's own words and to alignment.
_RESERVE = 64 << 10


@dataclass(frozen=True)
class StepRun:
    """One step as it ran: output, cycles from fork to join, and each core's counters."""

    output: np.ndarray
    cycles: int
    cores: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class StretchRun:
    """Steps that ended.

    Parameters
    ----------
    first : int
        Number of the first.
    steps : tuple of StepRun
    output : ndarray
        The network's output as its table places it, where the last step is among them.
    why : str
        Why the step behind them did not end; empty when all did.
    wrong_at : int or None
        First index of what that step left that is not the golden model's.
    """

    first: int
    steps: tuple[StepRun, ...]
    output: np.ndarray
    why: str = ""
    wrong_at: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkProgram:
    """A folder's program with a main that runs stretches, and the golden outputs of all steps."""

    folder: NetworkFolder
    inputs: np.ndarray
    golden: Sequence[np.ndarray]

    @cached_property
    def image(self) -> Program:
        """The program, without an input."""
        record = self.folder.record
        defines = {
            "NETWORK": record.name,
            "STEPS": len(record.steps),
            "INPUT_BYTES": record.input.bytes,
            "OUTPUT_BYTES": record.output.bytes,
            "EXIT_STEPS": EXIT_STEPS,
            "PROFILES": f'".{self._profiles_in()}_zero"',
        }
        path = link_folder(self.folder, [MAIN], {name: str(value) for name, value in defines.items()})
        memories = tuple(cluster_memories(record.cluster).values())
        return load_elf(path, memories, compressed=record.cluster.core.has("c"))

    def _profiles_in(self) -> str:
        """Memory of the counters: L2 if it has room, for in L3 they take longer than many a step."""
        record = self.folder.record
        constants = sum(rounded(one.bytes) for one in record.constants if one.memory == "l2")
        need = 4 * _PROFILE_WORDS * len(record.steps) + constants + record.arena_bytes
        return "l2" if need + _RESERVE <= L2_BYTES else "l3"

    def stretches(self) -> Iterator[range]:
        """All steps in stretches of about ``STRETCH_CYCLES``."""
        first, cycles = 0, 0
        steps = self.folder.record.steps
        for number, step in enumerate(steps):
            cycles += step.predicted_cycles
            if number > first and cycles > STRETCH_CYCLES:
                yield range(first, number)
                first, cycles = number, step.predicted_cycles
        yield range(first, len(steps))

    def unit(self, stretch: range, ingredients: Sequence[Ingredient] = ()) -> Unit:
        """The work of a stretch; its result is kept by ``ingredients``, or by the whole program."""
        job = self._job(stretch)
        cluster = self.folder.record.cluster
        content: list[Ingredient] = list(ingredients)
        if not content:
            content = [part for one in job.program.segments for part in (str(one.address), one.data)]
        code = closure("sim.rtl.run", RUNNER, outside=("hw", "sim.rtl.model"))
        job_text = plain(
            [job.inputs() if not ingredients else [job.l2_latency, job.l3_latency, job.l3_interval]]
        )
        return Unit(
            kind="networks",
            ingredients=(code, cluster_model(cluster).key, job_text, *content),
            function=run_job,
            arguments=(cluster, job),
            final=_passed,
        )

    def _job(self, stretch: range) -> ClusterJob:
        record, image = self.folder.record, self.image
        program = image.with_bytes(image.symbols["network_test_first"], struct.pack("<I", stretch.start))
        program = program.with_bytes(image.symbols["network_test_last"], struct.pack("<I", stretch.stop))
        if stretch.start == 0:
            program = program.with_bytes(image.symbols["network_test_input"], self.inputs.tobytes())
        else:
            for arena, content in self.arenas(stretch.start).items():
                program = program.with_bytes(image.symbols[arena], content)
        budget = 3 * sum(record.steps[number].predicted_cycles for number in stretch) + 2_000_000
        return ClusterJob(
            program=program,
            config=record.cluster,
            max_cycles=budget,
            dumps=self._dumps(stretch),
            keep=image.symbols["network_test_keep"],
        )

    def arenas(self, step: int) -> dict[str, bytes]:
        """The arenas before a step, as the golden models fill them."""
        record = self.folder.record
        arenas = {arena: bytearray(size) for arena, size in record.arenas.items()}
        first = next(one for one in record.activations if one.symbol == record.input.symbol)
        written = [(first.memory, first.offset, self.inputs.tobytes())]
        for number in range(step):
            made = record.steps[number]
            written.append((made.output_memory, made.output_offset, made.stored(self.golden[number])))
        for memory, offset, content in written:
            arenas[record.arena_in(memory)][offset : offset + len(content)] = content
        return {arena: bytes(content) for arena, content in arenas.items()}

    def _dumps(self, stretch: range) -> dict[str, Region]:
        record, symbols = self.folder.record, self.image.symbols

        def region(name: str, size: int, offset: int = 0) -> Region:
            return Region(base=symbols[name] + offset, size=size)

        profile = 4 * _PROFILE_WORDS
        return {
            "profiles": region("network_test_profiles", profile * len(stretch), profile * stretch.start),
            "cycles": region("network_test_cycles", 4 * len(stretch), 4 * stretch.start),
            "output": region("network_test_output", record.output.bytes),
            "step": region("network_test_step", 4),
        } | {arena: region(arena, size) for arena, size in record.arenas.items()}

    def run(self, stretch: range, outcome: dict[str, Any]) -> StretchRun:
        """The run of a stretch, from the result of its unit."""
        record = self.folder.record
        dumps = {name: bytes.fromhex(text) for name, text in outcome["dumps"].items()}
        output = np.frombuffer(dumps["output"], np.int8).reshape(record.output.shape)
        ended = stretch
        if outcome["why"]:
            ended = range(stretch.start, int.from_bytes(dumps["step"], "little"))
        outputs = bytes.fromhex(outcome["outputs"])
        words = struct.unpack(f"<{len(dumps['profiles']) // 4}I", dumps["profiles"])
        cycles = struct.unpack(f"<{len(stretch)}I", dumps["cycles"])
        steps, begin = [], 0
        for place, number in enumerate(ended):
            step = record.steps[number]
            content = outputs[begin : begin + step.output_bytes]
            begin += step.output_bytes + 3 & ~3
            own = words[_PROFILE_WORDS * place : _PROFILE_WORDS * (place + 1)]
            cores = [own[len(COUNTER_NAMES) * core :][: len(COUNTER_NAMES)] for core in range(MAX_CORES)]
            steps.append(
                StepRun(
                    output=step.output_of(content),
                    cycles=cycles[place],
                    cores=tuple(cores[: record.cluster.cores]),
                )
            )
        if not outcome["why"]:
            return StretchRun(stretch.start, tuple(steps), output)
        wrong = self._wrong(ended.stop, dumps)
        return StretchRun(stretch.start, tuple(steps), output, outcome["why"], wrong)

    def _wrong(self, number: int, dumps: Mapping[str, bytes]) -> int | None:
        """First index of a step's output, as it lies in its arena, that is not the golden model's."""
        record = self.folder.record
        if number >= len(record.steps):
            return None
        step = record.steps[number]
        content = dumps[record.arena_in(step.output_memory)][step.output_offset :][: step.output_bytes]
        return first_difference(step.output_of(content), self.golden[number])


def run_job(config: ClusterConfig, job: ClusterJob) -> dict[str, Any]:
    """Run one stretch; returns its steps' outputs and its dumps, in hexadecimal, and why it did not pass."""
    [result] = run_on_model(cluster_model(config), [job])
    why = "" if result.passed else result.why or f"it ended with {result.exit_code}"
    if result.exit_code == EXIT_STEPS:
        why = "the table has another number of steps than network.json"
    wanted = {name: data.hex() for name, data in result.dumps.items() if why or name in _RESULTS}
    return {"why": why, "outputs": result.kept.hex(), "dumps": wanted}


def _passed(outcome: dict[str, Any]) -> bool:
    return not outcome["why"]
