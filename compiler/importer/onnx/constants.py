"""Constants in the place of activations."""

import numpy as np

from compiler.graph import Tensor
from compiler.importer.onnx.values import Constant, quantized
from compiler.importer.onnx.view import View
from compiler.problem import UnsupportedError
from reference.quantization import Quantization


def inverse_of(order: tuple[int, ...]) -> tuple[int, ...]:
    """The order that takes axes back."""
    return tuple(int(axis) for axis in np.argsort(order))


def _view(name: str, codes: np.ndarray, quantization: Quantization, order: tuple[int, ...]) -> View:
    data = np.ascontiguousarray(codes.astype(np.int8).transpose(order))
    tensor = Tensor(name=f"{name}/constant", shape=data.shape, quantization=quantization, data=data)
    inverse = inverse_of(order)
    return View.of(tensor, lambda memory: memory.transpose(inverse))


def with_own_scale(name: str, constant: Constant, shape: tuple[int, ...], order: tuple[int, ...]) -> View:
    """A constant with the scale that the file gives it, its axes in an order of memory."""
    if constant.scales is None or any(constant.scales.strides):
        raise UnsupportedError(
            f"its constant of shape {list(constant.shape)} is not quantized per tensor",
            "quantize the constant to int8 with one scale, by QuantizeLinear and DequantizeLinear",
        )
    codes = np.broadcast_to(constant.array, shape)
    low, high = -128 - int(codes.min()), 127 - int(codes.max())
    if low > high:
        raise UnsupportedError("its constant is not int8", "quantize it to int8")
    zero = min(max(0, low), high)
    return _view(name, codes + zero, Quantization(float(constant.scales.flat[0]), zero), order)


def with_scale(name: str, constant: Constant, quantization: Quantization, order: tuple[int, ...]) -> View:
    """A constant quantized as the result that it becomes a part of."""
    return _view(name, quantized(constant.real, quantization), quantization, order)
