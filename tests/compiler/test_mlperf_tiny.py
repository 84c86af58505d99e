"""Networks of MLPerf Tiny from their TFLite files on the RTL of eight cores."""

import os
from pathlib import Path

import numpy as np
import pytest

import xdecimate as xd

#: Models, and cycles that they may not exceed.
MODELS = {
    "ad01_int8": 60_000,
    "pretrainedResnet_quant": 1_250_000,
    "kws_ref_model": 1_000_000,
    "vww_96_int8": 2_000_000,
    "str_ww_ref_model": 500_000,
}


@pytest.mark.long
@pytest.mark.parametrize("name", MODELS)
def test_every_byte_of_every_layer(name: str, rng: np.random.Generator):
    if not (folder := os.environ.get("XDECIMATE_MODELS")):
        pytest.skip("XDECIMATE_MODELS names no folder of models")
    network = xd.compile(Path(folder) / f"{name}.tflite")
    result = network.infer(rng.integers(-128, 128, network.input_shape).astype(np.int8))
    assert [layer.layer.name for layer in result.layers if layer.differs_at is not None] == []
    assert result.cycles < MODELS[name]
