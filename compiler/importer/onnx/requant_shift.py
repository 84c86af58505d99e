"""RequantShift: integer graphs of Deeploy and QuantLib, ``clip(floor((x * mul + add + div / 2) / div))``.

Such a model computes with whole numbers that its file stores as real ones. They are codes with a scale of 1.
"""

import math

import numpy as np
import onnx

from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.operator import Operator
from compiler.importer.onnx.values import Codes, Constant, Pending, Reals, Value
from compiler.importer.onnx.view import View
from compiler.problem import UnsupportedError
from reference.quantization import Quantization
from reference.requantization import INT32
from reference.table import CODES

KIND = "RequantShift"


def whole(array: np.ndarray) -> Constant:
    """A constant of an integer graph: codes with a scale of 1 if all elements are whole numbers."""
    if not np.issubdtype(array.dtype, np.floating) or not np.isfinite(array).all():
        return Constant(array=array)
    codes = np.rint(array)
    if not np.array_equal(codes, array) or np.abs(codes).max(initial=0) > INT32.max:
        return Constant(array=array)
    return Constant(array=codes.astype(np.int64), scales=np.broadcast_to(1.0, array.shape))


def codes_of(view: View, *, unsigned: bool) -> Reals:
    """Codes with a scale of 1, from 0 to 255 or from -128 to 127."""
    quantization = Quantization(1.0, -128 if unsigned else 0)
    codes = Codes(view=view, entries=CODES, unsigned=unsigned, quantization=quantization)
    return Reals(view=view, values=quantization.real(CODES).astype(np.float32), codes=codes)


def _number(operator: Operator, *names: str) -> int:
    """A whole number of the first of several attributes, a tensor or a scalar."""
    for name in names:
        if name in operator.attributes:
            found = operator.attributes[name]
            if isinstance(found, onnx.TensorProto):
                array = onnx.numpy_helper.to_array(found)
                found = float(array.ravel()[0]) if array.size == 1 else math.nan
            if isinstance(found, int | float) and math.isfinite(found) and found == round(found):
                return round(found)
            break
    raise UnsupportedError(f"its {names[0]} is missing or no whole number", "export the model again")


def _whole_constant(operator: Operator, position: int, role: str) -> np.ndarray:
    found = operator.value(position)
    if not isinstance(found, Constant):
        raise UnsupportedError(f"its {role} is not constant", "export it as a constant")
    array = found.array.astype(np.float64)
    if not np.isfinite(array).all() or (array != np.rint(array)).any():
        raise UnsupportedError(f"its {role} is no whole number", "export the model again")
    return array.astype(np.int64)


def requant_shift(builder: Builder, operator: Operator) -> list[Value]:
    """RequantShift of a layer's result, of a sum, or of codes."""
    value = operator.value(0)
    div, levels = _number(operator, "div"), _number(operator, "n_levels_out", "n_levels")
    unsigned = not _number(operator, "signed")
    if div < 1 or div & (div - 1) or not 2 <= levels <= 256:
        raise UnsupportedError(
            f"its div is {div} and its number of levels {levels}",
            "use a power of two, and at most 256 levels",
        )
    mul, add = _whole_constant(operator, 1, "mul"), _whole_constant(operator, 2, "add")
    least = 0 if unsigned else -(levels // 2)
    zero = -128 if unsigned else 0
    lo, hi = least + zero, least + levels - 1 + zero
    add = add + div // 2 + zero * div  # the zero point and half a step
    shift = div.bit_length() - 1
    if isinstance(value, Pending):
        view = value.requantized(mul, add, shift, Quantization(1.0, zero), (lo, hi))
    elif isinstance(value, Reals) and mul.size == add.size == 1:
        sums = value.values.astype(np.int64) * mul.ravel()[0] + add.ravel()[0]
        entries = np.clip(sums >> shift, lo, hi).astype(np.int8)
        quantization = Quantization(1.0, zero)
        codes = Codes(view=value.view, entries=entries, unsigned=unsigned, quantization=quantization)
        values = quantization.real(entries).astype(np.float32)
        return [Reals(view=value.view, values=values, codes=codes)]
    else:
        raise UnsupportedError("it scales codes channel by channel", "use one mul and one add, or a layer")
    return [codes_of(view, unsigned=unsigned)]


REQUANT_SHIFTS = {KIND: requant_shift}
