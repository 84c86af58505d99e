"""Layers one after the other in the banded layout: only their halos are exchanged in between."""

import ctypes
from dataclasses import replace

import numpy as np
import pytest

from reference.requantization import Clip, Tier
from sw_kernels.build import HOST_FLAGS, compile_object, link_host_library
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.registry import kernel_named
from sw_kernels.weighted import requantized
from tests.sw_kernels.test_header import PROGRAMS
from tests.sw_kernels.test_kernels_host import members_of

KERNEL = kernel_named(CONV, "sparse_xdecmac", 8)
#: Two layers: filters of several sizes, odd heights, fewer rows than bands, a stride in the second.
CHAINS = (
    ("C=5,K=12,I=8,F=3,P=1", "C=12,K=7,I=8,F=3,P=1"),
    ("C=9,K=6,IX=4,IY=13,F=3,P=1", "C=6,K=3,IX=4,IY=13,F=5,P=2"),
    ("C=8,K=16,IX=3,IY=7,F=1", "C=16,K=2,IX=3,IY=7,F=3,PX=2,PY=1,PR=1"),
    ("C=4,K=8,IX=5,IY=3,F=3,P=1", "C=8,K=5,IX=5,IY=3,F=3,P=1"),
    ("C=4,K=8,IX=5,IY=6,F=1", "C=8,K=4,IX=5,IY=6,F=7,P=3"),  # more halo than rows of its own
    ("C=4,K=8,I=16,F=3,P=1", "C=8,K=5,I=16,F=3,P=1,S=2"),
)


@pytest.fixture(scope="module")
def library() -> ctypes.CDLL:
    arithmetic = requantized(Tier.SHORT, Clip.RELU)
    kernel = compile_object(KERNEL.source, HOST_FLAGS, KERNEL.defines(arithmetic))
    halo = compile_object(PROGRAMS / "halo.c", HOST_FLAGS)
    return ctypes.CDLL(str(link_host_library("halo", [kernel, halo])))


def run(library: ctypes.CDLL, layer: ConvLayer, source: int, output: int, border: int) -> None:
    """Run a layer from one address to another."""
    keep = {name: ctypes.create_string_buffer(content) for name, content in layer.constants.items()}
    pointers = {name: ctypes.cast(buffer, ctypes.c_void_p) for name, buffer in keep.items()}
    kind = type("Layer", (ctypes.Structure,), {"_fields_": members_of(CONV)})
    struct = kind(**pointers, **layer.scalars, input=source, output=output, border=border)
    band = layer.geometry.band
    scratch = ctypes.create_string_buffer(layer.buffers["im2col"])
    library[layer.symbol](ctypes.byref(struct), scratch, 0, band.OX * band.OY)


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain[1])
def test_a_layer_reads_what_the_layer_before_has_written(
    library: ctypes.CDLL, chain: tuple[str, str], rng: np.random.Generator
) -> None:
    first, second = (KERNEL.random_layer(ConvGeometry.parse(text), seed=8) for text in chain)
    assert isinstance(first, ConvLayer)
    assert isinstance(second, ConvLayer)
    second = replace(second, inputs=first.golden(), pad_value=int(rng.integers(-128, 128)))
    bands, geometry = second.geometry.input_bands, second.geometry
    assert bands.band_step == first.geometry.band_rows
    expected = np.frombuffer(second.arrays["input"], np.int8)
    # Rows are written by the layer or the exchange, columns of padding by neither.
    shape = bands.shape(geometry.input_shape)
    image = np.full(len(expected), 0x55, np.int8)
    image[: np.prod(shape)].reshape(shape)[:, : bands.left] = second.pad_value
    image[: np.prod(shape)].reshape(shape)[:, bands.left + geometry.IX :] = second.pad_value
    row = shape[1] * shape[2]
    start = image.ctypes.data + 4 * (bands.top * row + bands.left * geometry.C)
    given = ctypes.create_string_buffer(first.arrays["input"])
    run(library, first, ctypes.addressof(given), start, bands.left + bands.right)
    library.halo(
        ctypes.c_void_p(image.ctypes.data),
        row,
        bands.rows,
        bands.top,
        bands.band_step,
        geometry.IY,
        second.pad_value,
    )
    used = np.prod(shape)
    assert np.array_equal(image[:used], expected[:used])
    output = np.empty(second.scratch["output"], np.int8)
    run(library, second, image.ctypes.data, output.ctypes.data, 0)
    assert np.array_equal(second.output_of(output.tobytes()), second.golden())
