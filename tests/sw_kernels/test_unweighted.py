"""Kernels of the operators without weights against golden: on this PC, on the model, on clusters."""

import ctypes
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from bench.cluster import measure_on_cluster
from hw.cluster.config import STANDARD, cluster_named
from hw.config import BASELINE, RV32IM, XDECMAC, XDECMAC8, CoreConfig
from reference.quantization import Quantization
from reference.softmax import Softmax
from sim.elf import load_elf
from sim.iss.program import run_elf
from sw_kernels.build import compile_object, link_host_library
from sw_kernels.cluster.plan import plan
from sw_kernels.geometry import WeightedGeometry
from sw_kernels.layer import Layer
from sw_kernels.program import build_program
from sw_kernels.registry import kernel_named, operators
from sw_kernels.softmax.geometry import SoftmaxGeometry
from sw_kernels.softmax.kernels import SOFTMAX
from sw_kernels.softmax.layer import SoftmaxLayer
from tests.clusters import THREE_CORES
from tests.sw_kernels.host import QUICK_FLAGS
from tests.sw_kernels.unweighted import CUT, SMALL, WHOLE, layers

MAX_STEPS = 5_000_000
GUARD = 64


def on_this_pc(layer: Layer, shares: int) -> np.ndarray:
    """Output of the kernel's C models over consecutive ranges, as several cores would run it; no overrun."""
    kernel = layer.kernel
    folder = kernel.operator.folder
    built = compile_object(kernel.source, QUICK_FLAGS, kernel.defines(layer.arithmetic), (folder,))
    library = ctypes.CDLL(str(link_host_library(kernel.operator.name, [built])))
    size = layer.scratch["output"]
    output = ctypes.create_string_buffer(b"\xa5" * (size + GUARD), size + GUARD)
    buffers = {name: ctypes.create_string_buffer(data, len(data)) for name, data in layer.arrays.items()}
    buffers["output"] = output
    pointers = {name: ctypes.cast(buffer, ctypes.c_void_p) for name, buffer in buffers.items()}
    fields = [(name, ctypes.c_void_p) for name in pointers] + [(name, ctypes.c_int) for name in layer.scalars]
    struct = type("Struct", (ctypes.Structure,), {"_fields_": fields})(**pointers, **layer.scalars)
    *names, start, end = layer.arguments
    step = -(-(int(end) - int(start)) // shares)
    for first in range(int(start), int(end), step):
        scratch = [ctypes.create_string_buffer(b"\x5a" * (layer.buffers[name] + GUARD)) for name in names]
        library[layer.symbol](ctypes.byref(struct), *scratch, first, min(first + step, int(end)))
        for buffer in scratch:
            assert buffer.raw[-GUARD - 1 :] == b"\x5a" * GUARD + b"\0", (
                "the kernel wrote past its scratch memory"
            )
    assert output.raw[size:] == b"\xa5" * GUARD, "the kernel wrote past its output"
    return np.frombuffer(output.raw[:size], np.int8).reshape(layer.geometry.output_shape)


def test_every_operator_without_weights_is_here():
    unweighted = {known for known in operators() if not issubclass(known.geometry, WeightedGeometry)}
    assert SMALL.keys() == CUT.keys() == WHOLE.keys() == unweighted


def test_c_models_equal_golden(seed: int):
    for layer in layers(SMALL, seed):
        for shares in (1, 3):
            assert np.array_equal(on_this_pc(layer, shares), layer.golden()), f"{layer} in {shares} shares"


def test_softmax_halves_a_factor_of_sixteen_bits(seed: int):
    """Rounding it up costs a step in one output of some hundreds."""
    layer = kernel_named(SOFTMAX, "exponentials").random_layer(SoftmaxGeometry(C=3, T=3000), seed)
    assert isinstance(layer, SoftmaxLayer)
    parameters = Softmax.of(Quantization(0.02), Quantization(0.3 / 256, -128))
    assert parameters.mul // (1 << 15) > 1 << 15
    layer = replace(layer, softmax=parameters)
    assert np.array_equal(on_this_pc(layer, 1), layer.golden())


@pytest.mark.long
@pytest.mark.parametrize("config", [BASELINE, RV32IM, XDECMAC, XDECMAC8], ids=lambda config: config.name)
def test_programs_equal_golden(config: CoreConfig, seed: int):
    """RV32IM compiles the C models, of which this PC runs every variant."""
    for layer in layers(SMALL, seed, count=1 if config is RV32IM else None, core=config):
        path = build_program(layer, config)
        outcome = run_elf(path, config, MAX_STEPS)
        assert outcome.exit_code == 0
        place = load_elf(path).symbols["output"]
        output = outcome.machine.memory.read(place, layer.scratch["output"])
        assert np.array_equal(layer.output_of(output), layer.golden()), str(layer)


@pytest.mark.long
def test_a_cluster_computes_strips(seed: int):
    """In each variant where one strip shows it: how a layer is cut does not depend on the variant."""
    chosen = [*layers(CUT, seed, count=1, core=STANDARD.core), *layers(WHOLE, seed, core=STANDARD.core)]
    measurements, _ = measure_on_cluster(STANDARD, chosen, processes=1)
    pairs = zip(chosen, measurements, strict=True)
    assert [str(layer) for layer, result in pairs if not result.matches_golden] == []
    strips = defaultdict(set)
    for layer in chosen:
        strips[layer.kernel.operator].add(plan(layer, STANDARD).strips)
    for operator, counts in strips.items():
        assert 1 in counts, f"{operator}: none with one strip"
        assert max(counts) > 2, f"{operator}: none with several"


@pytest.mark.long
def test_a_cluster_of_three_cores(seed: int):
    """Shares of a number of cores that is no power of two."""
    cluster = cluster_named(THREE_CORES)
    cut = layers({operator: texts[1:] for operator, texts in CUT.items()}, seed, count=1, core=cluster.core)
    chosen = [*cut, *layers(WHOLE, seed, core=cluster.core)]
    measurements, _ = measure_on_cluster(cluster, chosen, processes=1)
    assert [result.matches_golden for result in measurements] == [True] * len(chosen)
