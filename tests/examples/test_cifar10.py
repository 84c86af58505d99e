"""The trained models of examples/cifar10: small, N:M as their cards say, and right on the RTL."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import xdecimate as xd
from reference.blocks import obeys
from reports.accuracy import MODELS, records

RECORDS = records()
MOST_BYTES = 150_000


def image() -> np.ndarray:
    """An image of smooth colours as int8 codes, shape (32, 32, 3)."""
    rows, columns = np.mgrid[0:32, 0:32] / 31
    waves = [np.sin(7 * rows + 3 * colour) * np.cos(5 * columns - colour) for colour in range(3)]
    return np.rint(100 * np.stack(waves, axis=2)).astype(np.int8)


def path_of(name: str) -> Path:
    return MODELS / f"{name}.onnx"


def test_each_sparsity_has_a_model():
    assert {"dense", "1:4", "1:8", "1:16"} <= {one["settings"]["sparsity"] for one in RECORDS.values()}
    assert {path.stem for path in MODELS.glob("*.onnx")} == RECORDS.keys()


@pytest.mark.parametrize("name", RECORDS)
def test_layers_have_the_format_of_the_record(name: str):
    assert path_of(name).stat().st_size < MOST_BYTES
    codes = {
        t.name: numpy_helper.to_array(t)
        for t in onnx.load(path_of(name)).graph.initializer
        if t.name.endswith("_quantized") and numpy_helper.to_array(t).ndim > 1
    }
    assert len(codes) == len(RECORDS[name]["layers"])
    for layer in RECORDS[name]["layers"]:
        (values,) = (values for key, values in codes.items() if key.startswith(layer["layer"] + "."))
        assert values.dtype == np.int8
        assert list(values.shape) == layer["shape"]
        if layer["sparsity"] != "dense":
            assert obeys(np.moveaxis(values, 1, -1), int(layer["sparsity"].removeprefix("1:")))


@pytest.mark.long
@pytest.mark.parametrize("name", RECORDS)
def test_a_model_runs_on_the_rtl(name: str):
    result = xd.compile(path_of(name), config="xdecmac").infer(image())
    assert result.matches_golden
