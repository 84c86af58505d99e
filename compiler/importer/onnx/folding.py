"""Operators with constant inputs, evaluated by ONNX's reference while the model is read."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from compiler.importer.onnx.operator import Operator
from compiler.importer.onnx.values import Constant, Value
from compiler.problem import UnsupportedError

#: Most elements of a result that is computed while the model is read.
MAX_ELEMENTS = 1 << 24

Arrays = Sequence[np.ndarray | None]
Attributes = dict[str, Any]


def evaluated(node: onnx.NodeProto, arrays: Arrays, version: int) -> list[np.ndarray]:
    """Outputs of an operator by ONNX's reference.

    Raises ``UnsupportedError`` when the reference cannot compute it.
    """
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.domain = ""
    names = ["" if array is None else f"input{number}" for number, array in enumerate(arrays)]
    del copy.input[:]
    copy.input.extend(names)
    del copy.output[:]
    copy.output.extend(f"output{number}" for number in range(len(node.output)))
    graph = onnx.GraphProto(name="constant", node=[copy])
    graph.input.extend(onnx.ValueInfoProto(name=name) for name in names if name)
    graph.output.extend(onnx.ValueInfoProto(name=name) for name in copy.output)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", version)])
    feeds = {name: array for name, array in zip(names, arrays, strict=True) if array is not None}
    try:
        with np.errstate(all="ignore"):
            found = ReferenceEvaluator(model).run(None, feeds)
    except Exception as error:  # the reference is Python that raises whatever its input makes it
        text = " ".join(str(error).split())[:200]
        what = f"it cannot be computed from constants ({type(error).__name__}: {text})"
        raise UnsupportedError(what, "export the model again") from error
    return [np.asarray(array) for array in found]  # pyright: ignore[reportGeneralTypeIssues]


def folded(operator: Operator) -> list[Value]:
    """The constant outputs of an operator whose inputs are constants."""
    bound = _BOUNDS.get(operator.kind)
    if bound is None:
        raise UnsupportedError("it has only constant inputs, and is not computed from constants", "remove it")
    arrays = [value.real if isinstance(value, Constant) else None for value in operator.inputs]
    try:
        size = bound(arrays, operator.attributes)
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError) as error:
        raise UnsupportedError(f"its inputs do not fit ({error})", "export the model again") from error
    if not 0 <= size <= MAX_ELEMENTS:
        raise UnsupportedError(f"it makes a constant of {size:,} elements", f"use at most {MAX_ELEMENTS:,}")
    return [Constant(array=array) for array in evaluated(operator.node, arrays, operator.version)]


def _numbers(array: np.ndarray | None) -> list[int]:
    return [] if array is None else [int(number) for number in array.ravel()[:64]]


def _largest(arrays: Arrays, attributes: Attributes) -> int:
    return max((array.size for array in arrays if array is not None), default=1)


def _sum(arrays: Arrays, attributes: Attributes) -> int:
    return sum(array.size for array in arrays if array is not None)


def _broadcast(arrays: Arrays, attributes: Attributes) -> int:
    return math.prod(np.broadcast_shapes(*(array.shape for array in arrays if array is not None)))


def _shape(arrays: Arrays, attributes: Attributes) -> int:
    """The first input has the sizes of the output."""
    return math.prod(abs(number) for number in _numbers(arrays[0]))


def _expand(arrays: Arrays, attributes: Attributes) -> int:
    first = arrays[0]
    assert first is not None
    return first.size * math.prod(abs(number) for number in _numbers(arrays[1]))


def _gather(arrays: Arrays, attributes: Attributes) -> int:
    return math.prod(array.size for array in arrays if array is not None)


def _pad(arrays: Arrays, attributes: Attributes) -> int:
    first = arrays[0]
    assert first is not None
    pads = _numbers(arrays[1]) if len(arrays) > 1 else [int(number) for number in attributes["pads"]]
    return first.size * math.prod(1 + abs(pad) for pad in pads)


def _range(arrays: Arrays, attributes: Attributes) -> int:
    start, limit, delta = (float(array.ravel()[0]) for array in arrays if array is not None)
    return max(math.ceil((limit - start) / delta), 0) if delta else MAX_ELEMENTS + 1


def _product(arrays: Arrays, attributes: Attributes) -> int:
    """No more than the product of both inputs' sizes over the common length."""
    first, second = arrays[:2]
    assert first is not None
    assert second is not None
    work = first.size * max(second.shape[-1] if second.ndim > 1 else 1, second.shape[0] if second.ndim else 1)
    return work if work > MAX_ELEMENTS else _broadcast([first[..., :1], second[..., :1, :]], {})


def _constant(arrays: Arrays, attributes: Attributes) -> int:
    value = attributes.get("value")
    return math.prod(value.dims) if isinstance(value, onnx.TensorProto) else 1


_Bound = Callable[[Arrays, Attributes], int]
_SAME = (
    "Abs Acos Asin Atan BitShift Cast Ceil Cos Cosh CumSum Dropout Elu Erf Exp Flatten Floor Gelu "
    "HardSigmoid HardSwish Identity IsInf IsNaN LayerNormalization LeakyRelu Log LogSoftmax Mish Neg "
    "NonZero Not QuantizeLinear Reciprocal ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd "
    "ReduceSum ReduceSumSquare Relu Reshape Round Selu Shape Sigmoid Sign Sin Sinh Size Slice Softmax "
    "Softplus Softsign Split Sqrt Squeeze Tan Tanh Transpose Trilu Unsqueeze"
)
_PAIRS = (
    "Add And Clip Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or Pow PRelu Sub "
    "Sum Where Xor"
)
#: Most elements of an output; an operator that is not here is not computed from constants.
_BOUNDS: dict[str, _Bound] = {
    **dict.fromkeys(_SAME.split(), _largest),
    **dict.fromkeys(_PAIRS.split(), _broadcast),
    "Concat": _sum,
    "Constant": _constant,
    "ConstantOfShape": _shape,
    "Expand": _expand,
    "Gather": _gather,
    "MatMul": _product,
    "Pad": _pad,
    "Range": _range,
    "Tile": _expand,
}
#: Operators that are computed while the model is read.
FOLDED = frozenset(_BOUNDS)
