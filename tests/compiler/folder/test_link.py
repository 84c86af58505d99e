"""Programs of networks that fill the memories which they may take."""

from pathlib import Path

import numpy as np
import pytest

import xdecimate as xd
from bench.stretch import NetworkProgram
from compiler.budget import L2_BYTES
from hw.cluster.config import STANDARD
from hw.config import MEMORY_MAP, Region
from sim.elf import load_elf
from sw_kernels.cluster.plan import taken
from tests.compiler.folders import saved
from tests.compiler.models import perceptron
from tests.compiler.tflite_writer import written


def test_counters_lie_in_l2_where_it_has_room(rng: np.random.Generator, tmp_path: Path):
    path = tmp_path / "short.tflite"
    path.write_bytes(written(perceptron(rng, (16, 16))))
    folder = saved(xd.compile(path).network, tmp_path / "folder")
    program = NetworkProgram(folder=folder, inputs=np.zeros(16, np.int8), golden=())
    assert program.image.symbols["network_test_profiles"] in range(MEMORY_MAP.l2.base, MEMORY_MAP.l2.end)


@pytest.fixture
def long_model(tmp_path: Path, rng: np.random.Generator) -> Path:
    """More weights than L2 has room for, in many layers, of which each has many tiles in a small L1."""
    path = tmp_path / "long.tflite"
    path.write_bytes(written(perceptron(rng, (128,) * 220)))
    return path


def test_memories_hold_a_program_that_fills_them(long_model: Path, tmp_path: Path):
    l1 = taken(STANDARD) + 8192
    network = xd.compile(long_model, l1=l1).network
    assert sum(len(step.plan.tiles) for step in network.steps) > 800
    folder = saved(network, tmp_path / "folder")
    near = sum(one.bytes for one in folder.record.constants if one.memory == "l2")
    assert L2_BYTES - 200_000 < near + folder.record.arena_bytes < L2_BYTES
    program = NetworkProgram(folder=folder, inputs=np.zeros(128, np.int8), golden=())
    assert program.image.symbols["network_test_profiles"] in range(MEMORY_MAP.l3.base, MEMORY_MAP.l3.end)
    small = Region(base=MEMORY_MAP.l1.base, size=l1)
    load_elf(program.image.path, (small, MEMORY_MAP.l2, MEMORY_MAP.l3))
