"""Kernels with compressed instructions on the instruction-set model, and their hardware loops."""

from dataclasses import replace

import numpy as np
import pytest

from hw.config import BASELINE, config_named
from sim.elf import load_elf
from sim.iss.program import run_program
from sim.loop_bodies import loop_faults
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.pool.kernels import POOL
from sw_kernels.program import build_program
from sw_kernels.registry import KERNELS, kernel_named

MAX_STEPS = 1_000_000


def check(layer: Layer, core: str) -> None:
    """Run a layer's program, and look for compressed instructions where none may be."""
    config = config_named(f"{core}+c")
    program = load_elf(build_program(layer, config), compressed=True)
    assert loop_faults(program, config) == ()
    outcome = run_program(program, config, MAX_STEPS)
    assert outcome.exit_code == 0
    output = outcome.machine.memory.read(program.symbols["output"], layer.scratch["output"])
    assert np.array_equal(layer.output_of(output), layer.golden())


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_any_kernel_can_be_compressed(kernel: Kernel, seed: int):
    layer = replace(kernel, compressed=True).random_layer(kernel.odd, seed)
    check(layer, kernel.core(BASELINE).name)


@pytest.mark.parametrize("kernel", [k for k in KERNELS if k.name in ("dense_1x2", "max")], ids=str)
def test_kernels_without_run_in_programs_with(kernel: Kernel, seed: int):
    assert not kernel.compressed
    check(kernel.random_layer(kernel.odd, seed), kernel.core(BASELINE).name)


def test_c_models_are_compressed(seed: int):
    kernel = kernel_named(POOL, "max")
    check(kernel.random_layer(kernel.odd, seed), "rv32im")
