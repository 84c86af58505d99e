"""A kernel and a layout of indices, added by their files and one line each."""

from collections.abc import Iterator

import numpy as np
import pytest

import xdecimate as xd
from bench.cluster import measure_on_cluster
from bench.measure import measure
from hw.cluster.config import STANDARD
from hw.config import XDECIMATE
from reference.blocks import BLOCK_SIZES, prune
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.packing.layouts import LAYOUTS, layout_named
from sw_kernels.packing.packed import pack, unpack
from sw_kernels.registry import KERNELS, kernel_named
from tests.sw_kernels.byte_indices.kernels import KERNELS as BYTE_KERNELS
from tests.sw_kernels.byte_indices.layout import BYTES


@pytest.fixture
def registered() -> Iterator[None]:
    """The two lines."""
    LAYOUTS.append(BYTES)
    KERNELS.extend(BYTE_KERNELS)
    yield
    LAYOUTS.remove(BYTES)
    for kernel in BYTE_KERNELS:
        KERNELS.remove(kernel)


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("m", BLOCK_SIZES)
def test_the_layout_packs_and_unpacks(m: int, rng: np.random.Generator):
    layout = layout_named("bytes")
    weights = prune(rng.integers(-9, 10, (5, 11 * m - 3)).astype(np.int8), m)
    packed = pack(weights, m, layout)
    assert np.array_equal(unpack(packed), weights)
    assert layout.bits_per_weight(m) == 16 / m


def test_a_byte_for_each_index():
    weights = np.array([[0, 7, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 9, 0, 0, 0, 3, 0]], np.int8)
    assert pack(weights, 4, BYTES).indices.tolist() == [[0x02_00_03_01, 0x00_00_00_02]]


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("m", BLOCK_SIZES)
def test_the_kernel_equals_golden(m: int):
    kernel = kernel_named(LINEAR, "sparse_bytes", m)
    layers = [kernel.random_layer(LINEAR.geometry.parse(text), 4) for text in ("C=100,K=7,T=2", "C=11,K=1")]
    assert [result.matches_golden for result in measure(XDECIMATE, layers)[0]] == [True, True]


@pytest.mark.usefixtures("registered")
def test_the_api_takes_it_by_name():
    weights = prune(np.arange(-64, 64, dtype=np.int8).reshape(2, 64), 8)
    inputs = np.arange(64, dtype=np.int8).reshape(1, 64)
    results = [
        xd.run(xd.Linear(weights, scale=0.01, kernel=name), inputs) for name in ("sparse_bytes", "dense")
    ]
    assert np.array_equal(results[0].output, results[1].output)
    assert results[0].kernel == "linear sparse_bytes m8"


def test_the_cluster_cuts_its_tiles():
    layers = [kernel.random_layer(LinearGeometry(C=512, K=161), seed=5) for kernel in BYTE_KERNELS]
    measurements, _ = measure_on_cluster(STANDARD, layers, processes=1)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)


def test_a_wrong_layout_is_seen(monkeypatch: pytest.MonkeyPatch):
    """Indices in another order than the kernel reads them give other outputs."""
    monkeypatch.setattr(BYTES, "fields", lambda positions: positions[:, ::-1])
    layer = BYTE_KERNELS[0].random_layer(LinearGeometry(C=64, K=4), seed=6)
    assert not measure(XDECIMATE, [layer])[0][0].matches_golden
