"""Weights and biases of convolutions and products with a constant."""

from collections.abc import Callable
from typing import Any

import numpy as np

from compiler.graph import Tensor
from compiler.importer.onnx.builder import QUANTIZE
from compiler.importer.onnx.operator import Operator
from compiler.importer.onnx.values import Constant, Pending
from compiler.importer.onnx.view import View
from compiler.problem import UnsupportedError
from reference.quantization import Quantization
from reference.requantization import INT32, Requantization


def weights_of(operator: Operator, position: int, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights, int8, and their scales, one for each output channel of the axis."""
    found = operator.value(position)
    if not isinstance(found, Constant):
        raise UnsupportedError("its weights are not constant", "export them as constants")
    if found.scales is None:
        raise UnsupportedError(f"its weights are {found.array.dtype} and not quantized", QUANTIZE)
    codes = found.array
    if codes.ndim <= axis:
        raise UnsupportedError(f"its weights have the shape {list(codes.shape)}", "export the model again")
    if not codes.size or codes.min() < -128 or codes.max() > 127:
        raise UnsupportedError(
            "its weights minus their zero points exceed int8", "quantize weights symmetrically to int8"
        )
    scales = np.moveaxis(found.scales, axis, 0)
    first = scales[(slice(None), *(0,) * (scales.ndim - 1))]
    if any(scales.strides[1:]) and not np.equal(scales.T, first).all():
        raise UnsupportedError(
            "its weights have scales along another axis than that of the output channels",
            f"quantize weights per tensor, or per output channel: axis {axis}",
        )
    return codes.astype(np.int8), first.astype(np.float64)


def bias_of(operator: Operator, position: int, channels: int) -> np.ndarray:
    """Real biases, float64 of shape (K,); 0 where there are none."""
    if not operator.has(position):
        return np.zeros(channels)
    found = operator.inputs[position]
    if not isinstance(found, Constant):
        raise UnsupportedError("its biases are not constant", "export them as constants")
    array = found.array if found.scales is None else found.array * found.scales
    if array.size not in (1, channels) or max(array.shape, default=1) != array.size:
        raise UnsupportedError(
            f"its biases have the shape {list(array.shape)}",
            f"give one bias for each of the {channels} output channels",
        )
    biases = np.broadcast_to(array.astype(np.float64).ravel(), channels)
    if not np.isfinite(biases).all():
        raise UnsupportedError("a bias is infinite or NaN", "export the model again")
    return biases


def accumulated(
    operator: Operator,
    x: Tensor,
    parts: dict[str, Any],
    bias: np.ndarray,
    channels: np.ndarray,
    node: Callable[..., View],
) -> Pending:
    """The result of a layer with weights.

    Parameters
    ----------
    operator : Operator
    x : Tensor
    parts : dict
        The node's weights and their scales.
    bias : ndarray, shape (K,), float64
        In real numbers.
    channels : ndarray
        Number of the channel of each element of the result.
    node : callable
        Appends the node for an output quantization, a range of codes and its parts.
    """
    step = x.scale * parts["weight_scale"]

    def emit(quantization: Quantization, lo: int, hi: int, **more: Requantization) -> View:
        codes = np.rint(bias / step)
        if not (np.abs(codes) <= INT32.max).all():
            raise UnsupportedError(
                f"the bias of channel {int(np.abs(codes).argmax())} of {operator.name!r} exceeds int32 "
                "at the scale of the input times that of the weights",
                "reduce the bias",
            )
        return node(quantization, lo, hi, bias=codes.astype(np.int32), **parts, **more)

    def exact(out: Quantization, clip: tuple[int, int], mul: np.ndarray, add: np.ndarray, shift: int) -> View:
        each = [np.broadcast_to(part, len(bias)) for part in (mul, add, shift)]
        scaling = Requantization(each[0], each[1], each[2], *clip)
        return emit(out, *clip, requantization=scaling)

    def biased(values: np.ndarray) -> Pending:
        return accumulated(operator, x, parts, bias + values, channels, node)

    return Pending(
        name=operator.name,
        kind=operator.kind,
        shape=channels.shape,
        emit=emit,
        channels=channels,
        biased=biased,
        exact=exact,
    )
