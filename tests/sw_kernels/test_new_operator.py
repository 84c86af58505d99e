"""An operator without weights, added by its files and one line: measured, verified, on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.cluster import measure_on_cluster
from bench.inner_loops import inner_loops
from bench.rows import bench
from hw.cluster.config import STANDARD
from hw.config import RV32IM, XDECIMATE
from sw_kernels.cluster.plan import plan
from sw_kernels.registry import KERNELS
from tests.sw_kernels.pooling.geometry import PoolingGeometry
from tests.sw_kernels.pooling.kernels import KERNELS as POOLING_KERNELS
from tests.sw_kernels.pooling.kernels import POOLING
from verif.testbenches.case import Outcome
from verif.testbenches.kernels import KernelBench
from xdecimate.main import command_line

LARGE = PoolingGeometry(C=64, IX=60, IY=50, FX=2, FY=2, SX=2, SY=2)


@pytest.fixture
def registered() -> Iterator[None]:
    """The one line: the operator's kernels among all kernels."""
    KERNELS.extend(POOLING_KERNELS)
    yield
    for kernel in POOLING_KERNELS:
        KERNELS.remove(kernel)


@pytest.mark.usefixtures("registered")
def test_the_command_measures_it_on_one_core(tmp_path: Path):
    path = tmp_path / "rows.json"
    command_line()(["bench", "pooling", "--json", str(path)], standalone_mode=False)
    (row,) = json.loads(path.read_text())["rows"]
    assert (row["operator"], row["kernel"], row["m"], row["macs"]) == ("pooling", "max", None, 0)
    assert row["geometry"] == str(POOLING.typical)
    assert row["matches_golden"]


@pytest.mark.usefixtures("registered")
def test_wait_states_change_nothing():
    found: list[Outcome] = []
    KernelBench().run(["pooling_max"], 1, found.append)
    assert [(outcome.case, outcome.failure) for outcome in found] == [("pooling_max", "")]


@pytest.mark.usefixtures("registered")
def test_it_runs_on_a_core_without_the_extensions():
    rows, _ = bench(RV32IM, [POOLING.odd], POOLING_KERNELS, seed=2)
    assert [row.matches_golden for row in rows] == [True]


def test_a_cluster_walks_it_strip_by_strip():
    layers = [POOLING_KERNELS[0].random_layer(geometry, seed=3) for geometry in (POOLING.odd, LARGE)]
    assert plan(layers[1], STANDARD).strips > 1
    measurements, _ = measure_on_cluster(STANDARD, layers, processes=1)
    assert [result.matches_golden for result in measurements] == [True, True]


def test_it_has_no_inner_loop_to_measure():
    assert inner_loops(XDECIMATE, POOLING_KERNELS, seed=1) == []
