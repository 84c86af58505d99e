"""Kernels with compressed instructions on the instruction-set model, and their hardware loops."""

from dataclasses import replace

import numpy as np
import pytest

from hw.cluster.config import SMALL
from hw.config import BASELINE, CoreConfig, config_named
from sim.elf import Program, load_elf
from sim.iss.program import run_program
from sim.loop_bodies import loop_faults
from sw_kernels.cluster.program import build_cluster_program
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.pool.kernels import POOL
from sw_kernels.program import build_program
from sw_kernels.registry import KERNELS, kernel_named

MAX_STEPS = 1_000_000
PLAIN = config_named("baseline-c")


def check(layer: Layer, config: CoreConfig) -> Program:
    """Run a layer's program, and look for compressed instructions where none may be."""
    program = load_elf(build_program(layer, config))
    assert loop_faults(program, config) == ()
    outcome = run_program(program, config, MAX_STEPS)
    assert outcome.exit_code == 0
    output = outcome.machine.memory.read(program.symbols["output"], layer.scratch["output"])
    assert np.array_equal(layer.output_of(output), layer.golden())
    return program


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_any_kernel_can_be_compressed(kernel: Kernel, seed: int):
    layer = replace(kernel, compressed=True).random_layer(kernel.odd, seed)
    check(layer, kernel.core(BASELINE))


@pytest.mark.parametrize("kernel", [k for k in KERNELS if k.name in ("dense_1x2", "max")], ids=str)
def test_kernels_without_run_in_programs_with(kernel: Kernel, seed: int):
    assert not kernel.compressed
    layer = kernel.random_layer(kernel.odd, seed)
    program = check(layer, BASELINE)
    plain = load_elf(build_program(layer, PLAIN), compressed=False)
    assert program.sizes[layer.symbol] == plain.sizes[layer.symbol]
    assert program.code[0].size < plain.code[0].size
    compressed = check(replace(kernel, compressed=True).random_layer(kernel.odd, seed), BASELINE)
    assert compressed.sizes[layer.symbol] < plain.sizes[layer.symbol]


def test_records_choose_in_programs_for_clusters_too(seed: int):
    kernel = kernel_named(POOL, "max")
    layer = kernel.random_layer(kernel.odd, seed)
    compressed = replace(kernel, compressed=True).random_layer(kernel.odd, seed)
    cluster = replace(SMALL, core=BASELINE)
    plain = load_elf(build_cluster_program(layer, replace(SMALL, core=PLAIN)), compressed=False)
    sizes = [load_elf(build_cluster_program(own, cluster)).sizes[layer.symbol] for own in (layer, compressed)]
    assert sizes[0] == plain.sizes[layer.symbol] > sizes[1]


def test_c_models_are_compressed(seed: int):
    kernel = kernel_named(POOL, "max")
    check(kernel.random_layer(kernel.odd, seed), config_named("rv32im+c"))
