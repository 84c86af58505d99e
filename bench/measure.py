"""Running layers on the RTL: cycles, and the output that it computed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.simulation import MAX_CYCLES, Speed, simulate
from common.errors import UserError
from common.workers import Workers
from hw.config import MEMORY_MAP, CoreConfig, Region
from sim.elf import load_elf
from sim.rtl.errors import SimulationError
from sim.rtl.job import L1_CAPACITY, Job
from sim.rtl.model import Model
from sim.rtl.run import run_on_model
from sim.rtl.speed import SimulationSpeed, measure_speed
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.layer import Layer
from sw_kernels.program import RESERVED, build_program
from sw_kernels.registry import kernel_named


@dataclass(frozen=True)
class Measurement:
    """One layer on the RTL.

    Parameters
    ----------
    cycles, instructions : int
        Of the kernel alone.
    matches_golden : bool
        Whether the output is NumPy's, byte for byte.
    output : ndarray, int8 in the geometry's output shape
        What the RTL computed; no part of equality.
    """

    cycles: int
    instructions: int
    matches_golden: bool
    output: np.ndarray = field(compare=False, repr=False)


def l1_size(layer: Layer) -> int:
    """The memory map's L1, or the next power of two that holds the layer.

    Raises ``UserError`` when that is more than the simulated memory can be.
    """
    size = max(MEMORY_MAP.l1.size, 1 << (layer.size + RESERVED - 1).bit_length())
    if size > L1_CAPACITY:
        raise UserError(
            f"{layer} needs {layer.size + RESERVED:,} bytes of L1, but the simulated core has at most "
            f"{L1_CAPACITY:,}; give a smaller layer"
        )
    return size


def measure(
    config: CoreConfig,
    layers: Sequence[Layer],
    *,
    processes: int = 2,
    workers: Workers | None = None,
    done: Callable[[], None] = lambda: None,
    model: Model | None = None,
) -> tuple[list[Measurement], Speed]:
    """Measure layers on the generated core of a configuration, or on ``model`` of it, with zero wait states.

    They run in ``processes`` processes, or on ``workers``. ``done`` is called as each one ends. Raises
    ``UserError`` when a layer does not fit, ``SimulationError`` when the simulator fails or a program ends
    otherwise than by itself.
    """
    programs = [build_program(layer, config, l1_size(layer)) for layer in layers]
    jobs = [_job(config, program, layer) for program, layer in zip(programs, layers, strict=True)]
    dumps, speed = simulate(config, jobs, processes=processes, workers=workers, done=done, model=model)
    return [_measurement(own, layer) for own, layer in zip(dumps, layers, strict=True)], speed


def measure_recorded(model: Model, config: CoreConfig, layer: Layer, recording: Path) -> Measurement:
    """Measure a layer on a model of a netlist with a recorder, and record the whole program."""
    program = build_program(layer, config, l1_size(layer))
    (result,) = run_on_model(model, [_job(config, program, layer)], recording=recording)
    if not result.passed:
        raise SimulationError(f"{program} ended with {result.exit_code} after {result.cycles} cycles")
    return _measurement(result.dumps, layer)


def simulation_speed(config: CoreConfig) -> SimulationSpeed:
    """The speed of simulation, on a dense convolution of about a million cycles."""
    geometry = ConvGeometry(C=32, K=64, IX=8, IY=8, FX=3, FY=3, PX=1, PY=1)
    layer = kernel_named(CONV, "dense_1x2").random_layer(geometry, seed=1)
    return measure_speed(config, _job(config, build_program(layer, config), layer))


def compared(output: bytes, layer: Layer) -> dict[str, Any]:
    """Output and ``matches_golden`` of a measurement, from the output's bytes."""
    array = layer.output_of(output)
    return {"output": array, "matches_golden": np.array_equal(array, layer.golden())}


def _job(config: CoreConfig, program: Path, layer: Layer) -> Job:
    memories = (Region(base=MEMORY_MAP.l1.base, size=l1_size(layer)), MEMORY_MAP.l2)
    image = load_elf(program, memories, compressed=config.has("c"))
    symbols = image.symbols
    return Job(
        program=image,
        max_cycles=MAX_CYCLES,
        l1_bytes=l1_size(layer),
        dumps={
            "output": Region(base=symbols["output"], size=layer.scratch["output"]),
            "cycles": Region(base=symbols["result_cycles"], size=4),
            "instructions": Region(base=symbols["result_instructions"], size=4),
        },
    )


def _measurement(dumps: Mapping[str, bytes], layer: Layer) -> Measurement:
    cycles, instructions = (int.from_bytes(dumps[name], "little") for name in ("cycles", "instructions"))
    return Measurement(cycles, instructions, **compared(dumps["output"], layer))
