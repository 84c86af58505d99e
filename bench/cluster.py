"""Layers on the simulated cluster: cycles with all transfers, and where every cycle went."""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.measure import Measurement, compared
from bench.simulation import MAX_CYCLES, Speed, simulate
from common.workers import Workers
from hw.cluster.config import ClusterConfig
from hw.cluster.registers import COUNTER_NAMES
from hw.config import Region
from sim.elf import load_elf
from sim.rtl.cluster import ClusterJob, cluster_memories
from sw_kernels.cluster.plan import Plan, plan
from sw_kernels.cluster.program import build_cluster_program, memory_of
from sw_kernels.layer import Layer

#: A breakdown's parts: the counters, and what is left of the cycles (branches, jumps, long instructions).
CAUSES = (*(name for name in COUNTER_NAMES if name != "cycles"), "other")


@dataclass(frozen=True)
class ClusterMeasurement(Measurement):
    """One layer on the cluster; its cycles and instructions are as follows.

    Parameters
    ----------
    cycles : int
        From before the fork to after the join, with all transfers between L1 and L2 or L3.
    instructions : int
        Of all cores.
    breakdown : dict of str to float
        Parts of the cores' cycles by cause (``CAUSES``), mean of all cores; they add up to 1.
    plan : Plan
        How the layer was cut.
    memory : str
        Where its operands and result lie: ``l2`` or ``l3``.
    """

    breakdown: dict[str, float]
    plan: Plan
    memory: str


def measure_on_cluster(
    config: ClusterConfig,
    layers: Sequence[Layer],
    *,
    processes: int = 2,
    workers: Workers | None = None,
    done: Callable[[], None] = lambda: None,
) -> tuple[list[ClusterMeasurement], Speed]:
    """Measure layers on a generated cluster, with the default latencies of L2 and L3.

    They run in ``processes`` processes, or on ``workers``. ``done`` is called as each one ends. Raises
    ``UserError`` when a layer does not fit, ``SimulationError`` when the simulator fails or a program ends
    otherwise than by itself.
    """
    programs = [build_cluster_program(layer, config) for layer in layers]
    jobs = []
    for program, layer in zip(programs, layers, strict=True):
        image = load_elf(program, tuple(cluster_memories(config).values()), compressed=config.core.has("c"))
        counters = config.cores * 2 * len(COUNTER_NAMES) * 4
        sizes = {"output": layer.scratch["output"], "result_cycles": 4, "result_counters": counters}
        dumps = {name: Region(base=image.symbols[name], size=size) for name, size in sizes.items()}
        jobs.append(ClusterJob(program=image, config=config, max_cycles=MAX_CYCLES, dumps=dumps))
    dumps, speed = simulate(config, jobs, processes=processes, workers=workers, done=done)
    return [_measurement(own, layer, config) for own, layer in zip(dumps, layers, strict=True)], speed


def _measurement(dumps: Mapping[str, bytes], layer: Layer, config: ClusterConfig) -> ClusterMeasurement:
    count = len(COUNTER_NAMES)
    words = struct.unpack(f"<{2 * config.cores * count}I", dumps["result_counters"])
    totals = dict.fromkeys(COUNTER_NAMES, 0)
    for core in range(config.cores):
        before, after = (words[(2 * core + side) * count :][:count] for side in range(2))
        for name, first, last in zip(COUNTER_NAMES, before, after, strict=True):
            totals[name] += last - first & 0xFFFF_FFFF
    cycles = totals.pop("cycles")
    breakdown = {name: value / cycles for name, value in totals.items()}
    return ClusterMeasurement(
        cycles=int.from_bytes(dumps["result_cycles"], "little"),
        instructions=totals["instructions"],
        breakdown=breakdown | {"other": 1 - sum(breakdown.values())},
        plan=plan(layer, config),
        memory=memory_of(layer),
        **compared(dumps["output"], layer),
    )
