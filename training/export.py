"""PyTorch models as ONNX files, in floating point and in QDQ form with int8."""

import io
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn

from training.pruning.formats import check_finite

INPUT, OUTPUT = "input", "output"
#: The first operator set with Gelu.
_OPSET = 20


def float_onnx(model: nn.Module, input_shape: tuple[int, ...]) -> bytes:
    """A model with one input and a batch of 1, as an ONNX file in floating point.

    Raises ``UserError`` when its parameters are not finite.
    """
    check_finite(model)
    buffer = io.BytesIO()
    with _quiet():
        torch.onnx.export(
            model.cpu().eval(),
            (torch.zeros(1, *input_shape),),
            cast(Any, buffer),  # the annotations of this release leave files out
            input_names=[INPUT],
            output_names=[OUTPUT],
            opset_version=_OPSET,
            dynamo=False,  # the other exporter needs the package onnxscript
        )
    return buffer.getvalue()


def quantized_onnx(model: bytes, samples: np.ndarray) -> bytes:
    """An ONNX file in floating point as one with int8, by onnxruntime's quantizer.

    Activations are asymmetric, and weights symmetric for each output channel.

    Parameters
    ----------
    model : bytes
    samples : ndarray, shape (N, ...), float32
        Inputs whose activations give the scales.
    """
    with tempfile.TemporaryDirectory() as folder, _quiet():
        source, prepared, made = (
            Path(folder) / name for name in ("float.onnx", "prepared.onnx", "int8.onnx")
        )
        source.write_bytes(model)
        quant_pre_process(source, prepared)
        quantize_static(
            prepared,
            made,
            _Samples(samples),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        return made.read_bytes()


class _Samples(CalibrationDataReader):
    """Inputs, one by one."""

    def __init__(self, samples: np.ndarray) -> None:
        self._left = iter(samples)

    def get_next(self) -> dict[str, np.ndarray] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        sample = next(self._left, None)
        return None if sample is None else {INPUT: sample[None].astype(np.float32)}


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that both libraries print about their own settings."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
