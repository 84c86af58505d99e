"""Measuring layers: golden comparison, cache, and what is refused."""

from collections.abc import Callable

import pytest

from bench.measure import measure, simulation_speed
from bench.rows import bench, cases_of
from common.errors import UserError
from hw.config import XDECIMATE
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.linear.layer import LinearLayer
from sw_kernels.registry import kernel_named, select

GEOMETRY = LinearGeometry(C=40, K=5, T=3)
KERNEL = kernel_named(LINEAR, "sparse_xdecimate", 8)


def test_a_wrong_byte_is_seen(monkeypatch: pytest.MonkeyPatch, linked_cache: Callable):
    linked_cache("first")
    layer = KERNEL.random_layer(GEOMETRY, 5)
    assert measure(XDECIMATE, [layer])[0][0].matches_golden
    wrong = layer.golden()
    wrong.flat[-1] ^= 1
    monkeypatch.setattr(LinearLayer, "golden", lambda _: wrong)
    assert not measure(XDECIMATE, [layer])[0][0].matches_golden  # kept from the run before
    linked_cache("second")
    assert not measure(XDECIMATE, [layer])[0][0].matches_golden  # simulated again


def test_a_second_run_simulates_nothing(linked_cache: Callable):
    linked_cache("empty")
    layers = [KERNEL.random_layer(GEOMETRY, seed) for seed in (1, 2)]
    first, speed = measure(XDECIMATE, layers)
    assert speed.cycles > 0
    second, speed = measure(XDECIMATE, layers)
    assert (second, speed.cycles) == (first, 0)


def test_a_layer_larger_than_memory_is_refused():
    layer = kernel_named(LINEAR, "dense").random_layer(LinearGeometry(C=4096, K=8192), 1)
    with pytest.raises(UserError, match=r"needs [\d,]+ bytes of L1, .* at most 16,777,216"):
        measure(XDECIMATE, [layer])


def test_operands_come_from_the_seed():
    one, same, other = (KERNEL.random_layer(GEOMETRY, seed) for seed in (1, 1, 2))
    assert one.arrays == same.arrays
    assert one.arrays["weights"] != other.arrays["weights"]


def test_rows_have_speedups_over_the_dense_kernels():
    geometry = ConvGeometry(C=8, K=4, IX=4, IY=4, FX=3, FY=3, PX=1, PY=1)
    names = (("dense_4x2", None), ("dense_1x2", None), ("sparse_xdecimate", 16))
    rows, _ = bench(XDECIMATE, [geometry], [kernel_named(CONV, name, m) for name, m in names], 1)
    assert [row.matches_golden for row in rows] == [True] * 3
    wide, narrow, sparse = rows
    assert wide.speedup_vs_dense_4x2 == narrow.speedup_vs_dense_1x2 == 1
    assert sparse.speedup_vs_dense_4x2 == round(wide.cycles / sparse.cycles, 3)
    assert sparse.macs == 4 * 4 * 4 * 72


def test_simulation_speed():
    speed = simulation_speed(XDECIMATE)
    assert speed.cocotb > 0
    assert 0 < speed.ratio < 2


def test_kernels_that_compute_more_tokens_than_there_are_have_no_row():
    one, four = LinearGeometry(C=64, K=8), LinearGeometry(C=64, K=8, T=4)
    found = cases_of([one, four], select(LINEAR))
    only = [(geometry, kernel) for geometry, kernel in found if kernel.positions > 1]
    assert only == [(four, kernel_named(LINEAR, "dense_4x4"))]
    assert len(found) == 2 * len(select(LINEAR)) - 1
    with pytest.raises(UserError, match=r"computes 4 positions at once, more than .* C=64"):
        cases_of([one], select(LINEAR, "dense_4x4"))
