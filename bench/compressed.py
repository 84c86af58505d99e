"""Kernels with and without compressed instructions: bytes of code, and cycles on one core.

``python -m bench.compressed results/compressed.json`` measures every kernel on the RTL and writes the report:
without extension c, with it and a compressed kernel, and with it as the kernel's record says. A kernel whose
record has ``compressed`` loses at most ``TOLERANCE``.
"""

import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench.measure import Measurement, l1_size, measure
from common.files import write_atomically
from common.results import load
from hw.config import XDECIMATE, CoreConfig
from sim.elf import Program, load_elf
from sw_kernels.conv.kernels import CONV
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.operator import Operator
from sw_kernels.program import build_program
from sw_kernels.registry import KERNELS

#: Part of its cycles that a kernel may lose by compressed instructions: entry and exit of a small layer.
TOLERANCE = 0.0035
#: The paper's layers with fewer channels; kernels of the other operators compute their ``odd`` layer.
GEOMETRIES: dict[Operator, Geometry] = {
    CONV: CONV.geometry.parse("C=32,K=32,I=8,F=3,P=1"),
    LINEAR: LINEAR.geometry.parse("C=256,K=32,T=4"),
}


@dataclass(frozen=True, kw_only=True)
class Build:
    """One program of a layer: bytes of the kernel's functions, bytes of all code, cycles of the kernel."""

    kernel_bytes: int
    code_bytes: int
    cycles: int
    matches_golden: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """A kernel without extension c (``plain``), compressed, and as its record says (``chosen``)."""

    operator: str
    kernel: str
    m: int | None
    core: str
    geometry: str
    compressed: bool
    plain: Build
    all_compressed: Build
    chosen: Build

    @property
    def cost(self) -> float:
        """Part of its cycles that the kernel loses when it is compressed."""
        return self.all_compressed.cycles / self.plain.cycles - 1


def geometry_of(kernel: Kernel) -> Geometry:
    """The layer that the kernel is measured on."""
    return kernel.odd if kernel.depthwise else GEOMETRIES.get(kernel.operator, kernel.odd)


def _layer(kernel: Kernel) -> Layer:
    return kernel.random_layer(geometry_of(kernel), seed=1)


def _build(layer: Layer, config: CoreConfig, measured: Measurement) -> Build:
    path = build_program(layer, config, l1_size(layer))
    image = load_elf(path, compressed=config.has("c"))
    return Build(
        kernel_bytes=_kernel_bytes(image),
        code_bytes=sum(region.size for region in image.code),
        cycles=measured.cycles,
        matches_golden=measured.matches_golden,
    )


def _kernel_bytes(image: Program) -> int:
    """Bytes of the functions beside ``main``; the runtime's have no size."""
    sizes = image.sizes | {"main": 0}
    return sum(
        sizes[name] for name, at in image.symbols.items() if any(at in region for region in image.code)
    )


def _builds(config: CoreConfig, layers: list[Layer]) -> list[Build]:
    results, _ = measure(config, layers, processes=1)
    print(f"{len(layers)} layers on {config.name}", file=sys.stderr, flush=True)
    return [_build(layer, config, result) for layer, result in zip(layers, results, strict=True)]


def measured_rows() -> list[Row]:
    """Measure all kernels, each on ``xdecimate`` or else on the smallest core that runs it."""
    found: dict[Kernel, Row] = {}
    for core in dict.fromkeys(kernel.core(XDECIMATE) for kernel in KERNELS):
        kernels = [kernel for kernel in KERNELS if kernel.core(XDECIMATE) == core]
        layers = [_layer(kernel) for kernel in kernels]
        forced = [_layer(replace(kernel, compressed=True)) for kernel in kernels]
        plain = _builds(core.without("c", name=f"{core.name}-c"), layers)
        builds = _builds(core, [*forced, *layers])
        parts = zip(kernels, layers, plain, builds[: len(layers)], builds[len(layers) :], strict=True)
        for kernel, layer, *own in parts:
            found[kernel] = Row(
                operator=kernel.operator.name,
                kernel=kernel.name,
                m=kernel.m,
                core=core.name,
                geometry=str(layer.geometry),
                compressed=kernel.compressed,
                plain=own[0],
                all_compressed=own[1],
                chosen=own[2],
            )
    return [found[kernel] for kernel in KERNELS]


def recorded() -> list[Row]:
    """The rows in results/compressed.json."""
    builds = ("plain", "all_compressed", "chosen")
    return [Row(**row | {name: Build(**row[name]) for name in builds}) for row in load("compressed")["rows"]]


def report() -> dict[str, Any]:
    """The figures as JSON has them."""
    return {"rows": [asdict(row) for row in measured_rows()]}


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), json.dumps(report(), indent=1) + "\n")
