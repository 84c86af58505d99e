"""A network for cores with compressed instructions."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.stretch import NetworkProgram
from compiler.compile import compile_graph
from compiler.network import Network
from hw.cluster.config import STANDARD
from hw.config import XDECIMATE, config_named
from sim.elf import Program
from sim.loop_bodies import loop_faults
from tests.compiler.folders import saved

PLAIN = config_named(f"{XDECIMATE.name}-c")


def image(network: Network, inputs: np.ndarray, path: Path) -> Program:
    return NetworkProgram(folder=saved(network, path), inputs=inputs, golden=()).image


def test_walks_are_compressed_and_these_kernels_are_not(network: Network, inputs: np.ndarray, tmp_path: Path):
    other = compile_graph(network.graph, replace(STANDARD, core=PLAIN))
    plain, program = image(other, inputs, tmp_path / "plain"), image(network, inputs, tmp_path / "compressed")
    assert loop_faults(program, network.cluster.core) == ()
    kernels = {step.layer.symbol for step in network.steps if not step.layer.kernel.compressed}
    assert kernels
    assert all(program.sizes[name] == plain.sizes[name] for name in kernels)
    walks = {name for name in program.symbols if name.startswith("cluster_")}
    assert sum(program.sizes[name] for name in walks) < 0.9 * sum(plain.sizes[name] for name in walks)
