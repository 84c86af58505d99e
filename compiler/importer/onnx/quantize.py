"""QuantizeLinear and DequantizeLinear: where real numbers become codes, and codes real numbers."""

from dataclasses import replace

import numpy as np
import onnx

from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.folding import folded
from compiler.importer.onnx.operator import Operator, axis_of
from compiler.importer.onnx.values import Codes, Constant, Pending, Reals, Value, quantized
from compiler.problem import UnsupportedError
from reference.quantization import Quantization
from reference.table import CODES

_EIGHT_BITS = "quantize activations and weights to int8 or uint8"


def _parameters(operator: Operator) -> tuple[np.ndarray, np.ndarray]:
    """Scales, float64, and zero points, as they are in the file."""
    if operator.integer("block_size", 0):
        raise UnsupportedError(
            f"its block_size is {operator.attributes['block_size']}", "quantize per tensor or per channel"
        )
    scales = operator.constant(1, "scale")
    zeros = operator.constant(2, "zero point")
    if scales is None or not np.issubdtype(scales.dtype, np.floating):
        raise UnsupportedError("it has no scale of type float32", "export the model again")
    if zeros is None:
        zeros = np.zeros(scales.shape, np.uint8)
        kind = operator.integer("output_dtype", 0)
        if kind:
            zeros = zeros.astype(onnx.helper.tensor_dtype_to_np_dtype(kind))
    values = scales.astype(np.float64)
    bad = values[~(np.isfinite(values) & (values > 0))]
    if bad.size or not values.size:
        raise UnsupportedError(
            f"it has the scale {bad[0] if bad.size else 'of no element'}", "choose a finite scale above 0"
        )
    if zeros.shape != scales.shape and zeros.size != scales.size:
        raise UnsupportedError(
            f"it has {scales.size} scales and {zeros.size} zero points", "export the model again"
        )
    return values, zeros


def _of_tensor(operator: Operator, dtype: np.dtype, role: str) -> Quantization:
    """The quantization of an activation, with int8 codes."""
    scales, zeros = _parameters(operator)
    if scales.size != 1:
        raise UnsupportedError(
            f"{role} has {scales.size} scales",
            "quantize activations per tensor, and only weights per channel",
        )
    if dtype not in (np.int8, np.uint8):
        raise UnsupportedError(f"{role} is {dtype}", _EIGHT_BITS)
    zero = int(zeros.astype(np.int64).ravel()[0]) - 128 * (dtype == np.uint8)
    return Quantization(float(scales.ravel()[0]), zero)


def quantize(builder: Builder, operator: Operator) -> list[Value]:
    """QuantizeLinear: an operator whose result is complete now is appended to the graph."""
    value = operator.value(0)
    if isinstance(value, Constant):
        return folded(operator)
    if isinstance(value, Codes):
        raise UnsupportedError("it quantizes what is quantized", "export the model again")
    dtype = _parameters(operator)[1].dtype
    quantization = _of_tensor(operator, dtype, "the activation")
    unsigned = dtype == np.uint8
    if isinstance(value, Pending):
        view = value.quantized(quantization)
        return [Codes(view=view, entries=CODES, unsigned=unsigned, quantization=quantization)]
    entries = quantized(value.values, quantization)
    codes = value.codes
    if codes is not None and codes.quantization == quantization:
        entries = codes.entries  # exact, where float32 might round a code to the next one
    return [Codes(view=value.view, entries=entries, unsigned=unsigned, quantization=quantization)]


def dequantize(builder: Builder, operator: Operator) -> list[Value]:
    """DequantizeLinear."""
    value = operator.value(0)
    if isinstance(value, Constant):
        return [_dequantized(operator, value)]
    if not isinstance(value, Codes):
        raise UnsupportedError("it dequantizes real numbers", "export the model again")
    zeros = _parameters(operator)[1]
    dtype = np.dtype(np.uint8 if value.unsigned else np.int8)
    if operator.has(2) and zeros.dtype != dtype:
        raise UnsupportedError(
            f"its zero point is {zeros.dtype}, but its input is {dtype}", "export the model again"
        )
    quantization = _of_tensor(operator, dtype, "its input")
    codes = replace(value, quantization=quantization)
    return [Reals(view=value.view, values=quantization.real(value.entries).astype(np.float32), codes=codes)]


def _dequantized(operator: Operator, value: Constant) -> Constant:
    """A constant that keeps its codes."""
    array = value.array
    if value.scales is not None or array.dtype not in (np.int8, np.uint8, np.int32):
        raise UnsupportedError(f"the constant is {array.dtype}", f"{_EIGHT_BITS}, and biases to int32")
    scales, zeros = _parameters(operator)
    if not operator.has(2):
        zeros = np.zeros(scales.shape, array.dtype)
    if zeros.dtype != array.dtype:
        raise UnsupportedError(
            f"its zero point is {zeros.dtype}, but its input is {array.dtype}", "export the model again"
        )
    wide = np.int64 if array.dtype == np.int32 else np.int16
    zeros = zeros.astype(wide)
    if scales.size == 1:
        codes = array.astype(wide) - zeros.ravel()[0]
        return Constant(array=codes, scales=np.broadcast_to(scales.ravel()[0], array.shape))
    axis = axis_of(operator.integer("axis", 1), array.ndim)
    if scales.shape != (array.shape[axis],):
        raise UnsupportedError(
            f"it has {scales.size} scales for the axis {axis} of the shape {list(array.shape)}",
            "give one scale for each channel",
        )
    spread = tuple(-1 if i == axis else 1 for i in range(array.ndim))
    codes = array.astype(wide) - zeros.reshape(spread)
    return Constant(array=codes, scales=np.broadcast_to(scales.reshape(spread), array.shape))


QUANTIZATION = {"QuantizeLinear": quantize, "DequantizeLinear": dequantize}
