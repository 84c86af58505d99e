"""Operators on each element: tables, clips, sums, products, and constants for each channel."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from common.errors import UserError
from compiler.graph import Add, Depthwise, Mul, Tensor
from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.constants import inverse_of, with_own_scale
from compiler.importer.onnx.folding import evaluated
from compiler.importer.onnx.operator import Operator
from compiler.importer.onnx.values import Codes, Constant, Pending, Reals, Value
from compiler.importer.onnx.view import View
from compiler.importer.onnx.weighted import accumulated
from compiler.problem import UnsupportedError
from reference.add import Addition
from reference.quantization import Quantization
from reference.window import Window

_UNARY = (
    "Abs Ceil Celu Clip Cos Elu Erf Exp Floor Gelu HardSigmoid HardSwish LeakyRelu Log Mish Neg PRelu "
    "Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu"
)
_BINARY = ("Add", "Div", "Max", "Min", "Mul", "Pow", "Sub")


def elementwise(builder: Builder, operator: Operator) -> list[Value]:
    """A function of one activation, evaluated for its 256 codes, or of two activations."""
    values = [value for value in operator.inputs if value is not None]
    activations = [value for value in values if not isinstance(value, Constant)]
    if any(isinstance(value, Pending) for value in activations):
        return [_unquantized(operator, values)]
    if any(isinstance(value, Codes) for value in activations):
        return [_on_codes(operator, values)]
    reals = [value for value in activations if isinstance(value, Reals)]
    first, constants = reals[0], [value for value in values if isinstance(value, Constant)]
    if all(first.view.same(other.view) for other in reals[1:]):
        if all(map(_uniform, constants)):
            return [_function(operator, first)]
        if len(constants) == 1 and len(reals) == 1 and operator.kind in ("Add", "Div", "Mul", "Sub"):
            return [_with_constant(builder, operator, first, constants[0])]
    if len(reals) == len(values) == 2 and operator.kind in PAIRS:
        return [_pair(builder, operator, reals)]
    shapes = " and ".join(str(list(value.shape)) for value in values)
    raise UnsupportedError(
        f"it computes with {len(reals)} activations and {len(constants)} constants of shapes {shapes}",
        "use one activation and constants of one value, or Add or Mul of two activations",
    )


def _uniform(constant: Constant) -> bool:
    """True if all elements have one value."""
    return constant.array.size == 1 or (
        constant.array.size > 0 and bool((constant.real == constant.real.flat[0]).all())
    )


def _scalar(constant: Constant) -> np.ndarray:
    return constant.real.ravel()[0].reshape(())


def _broadcast(values: list[Value]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*(value.shape for value in values))
    except ValueError as error:
        shapes = " and ".join(str(list(value.shape)) for value in values)
        raise UnsupportedError(f"its inputs have the shapes {shapes}", "use shapes that fit") from error


def _view(view: View, shape: tuple[int, ...]) -> View:
    """The view, repeated to a larger shape."""
    return view if view.shape == shape else view.moved(lambda places: np.broadcast_to(places, shape))


def _function(operator: Operator, first: Reals) -> Reals:
    """The operator's value for each of the 256 codes."""
    values = [value for value in operator.inputs if value is not None]
    shape = first.shape if operator.kind not in _BINARY else _broadcast(values)
    arrays = [
        None if value is None else _scalar(value) if isinstance(value, Constant) else value.values
        for value in operator.inputs
        if not isinstance(value, Codes | Pending)
    ]
    (found,) = evaluated(operator.node, arrays, operator.version)
    if found.shape != (256,) or not np.issubdtype(found.dtype, np.floating):
        raise UnsupportedError(
            f"its result is {found.dtype} of shape {list(found.shape)} for 256 codes",
            "use an operator of one float32 activation",
        )
    return Reals(view=_view(first.view, shape), values=found.astype(np.float32))


def _on_codes(operator: Operator, values: list[Value]) -> Codes:
    """A clip of codes, as Brevitas writes it."""
    first = values[0]
    constants = [value for value in values[1:] if isinstance(value, Constant)]
    allowed = operator.kind in ("Clip", "Max", "Min", "Relu")
    if not isinstance(first, Codes) or not allowed or len(constants) < len(values) - 1:
        raise UnsupportedError("it computes with codes", "put DequantizeLinear before it")
    if not all(map(_uniform, constants)):
        raise UnsupportedError("it clips to more than one value", "clip all elements to one range")
    shift = 128 if first.unsigned else 0
    codes = (first.entries.astype(np.int16) + shift).astype(np.uint8 if first.unsigned else np.int8)
    arrays: list[np.ndarray | None] = [codes]
    for value in operator.inputs[1:]:
        arrays.append(_scalar(value).astype(codes.dtype) if isinstance(value, Constant) else None)
    (found,) = evaluated(operator.node, arrays, operator.version)
    entries = (found.astype(np.int16) - shift).astype(np.int8)
    return Codes(view=first.view, entries=entries, unsigned=first.unsigned, quantization=first.quantization)


def _unquantized(operator: Operator, values: list[Value]) -> Pending:
    """An operator that the one before it takes in: a clip, a factor, or a bias."""
    pending = next(value for value in values if isinstance(value, Pending))
    constants = [value for value in values if isinstance(value, Constant)]
    kind = operator.kind
    if len(values) - len(constants) > 1:
        raise UnsupportedError(
            f"it computes with the result of {pending.kind} {pending.name!r}, which is not quantized, and "
            "another activation",
            f"put QuantizeLinear and DequantizeLinear behind {pending.kind} {pending.name!r}",
        )
    if kind == "Relu":
        return pending.clipped(0.0, np.inf)
    if kind == "Clip":
        return _clip(operator, pending)
    first = isinstance(values[0], Pending)
    if kind in ("Add", "Sub") and (kind == "Add" or first) and _broadcast(values) == pending.shape:
        constant = constants[0].real.astype(np.float64)
        return pending.plus(constant if kind == "Add" else -constant)
    if kind in ("Mul", "Div") and (kind == "Mul" or first) and _uniform(constants[0]):
        factor = float(_scalar(constants[0]))
        factor = factor if kind == "Mul" else 1 / factor if factor else 0.0
        if np.isfinite(factor) and factor > 0 and _broadcast(values) == pending.shape:
            return pending.scaled(factor)
    raise UnsupportedError(
        f"it computes with the result of {pending.kind} {pending.name!r}, which is not quantized",
        f"put QuantizeLinear and DequantizeLinear behind {pending.kind} {pending.name!r}",
    )


def _clip(operator: Operator, pending: Pending) -> Pending:
    bounds = []
    for position, (name, default) in enumerate((("min", -np.inf), ("max", np.inf)), 1):
        found = operator.constant(position, name)
        number = operator.number(name, default) if found is None else float(found.ravel()[0])
        if np.isnan(number):
            raise UnsupportedError(f"its {name} is no number", "export the model again")
        bounds.append(number)
    return pending.clipped(*bounds)


PAIRS: dict[str, Callable[..., Add | Mul]] = {"Add": Add, "Mul": Mul}


def _pair(builder: Builder, operator: Operator, reals: list[Reals]) -> Pending:
    """The sum or product of two activations."""
    shape = _broadcast(list(reals))
    views = [_view(builder.operand(value), shape) for value in reals]
    return _of_pair(builder, operator, views)


def _of_pair(builder: Builder, operator: Operator, views: list[View]) -> Pending:
    """The sum or product of two views of one shape, in the order of the larger one's memory."""
    leader = max(views, key=lambda view: view.tensor.size)
    order, shape = leader.order(), leader.shape
    arranged = tuple(shape[axis] for axis in order if shape[axis] > 1) or (1,)
    inputs = tuple(builder.laid_out(view, lambda places: places.transpose(order), arranged) for view in views)

    def emit(quantization: Quantization, lo: int, hi: int, **more: Addition) -> View:
        output = Tensor(name=operator.name, shape=arranged, quantization=quantization)
        ends: dict[str, Any] = {"name": operator.name, "inputs": inputs, "output": output, "lo": lo, "hi": hi}
        builder.nodes.append(PAIRS[operator.kind](**ends, **more))
        inverse = inverse_of(order)
        long = tuple(shape[axis] for axis in order)
        return View.of(output, lambda memory: memory.reshape(long).transpose(inverse))

    def exact(out: Quantization, clip: tuple[int, int], mul: np.ndarray, add: np.ndarray, shift: int) -> View:
        if operator.kind != "Add" or mul.size * add.size > 1:
            raise UnsupportedError(f"it scales the result of {operator.kind}", "put it behind an Add")
        factor, zeros = int(mul[0]), sum(tensor.zero for tensor in inputs)
        try:
            addition = Addition(factor, factor, int(add[0]) - zeros * factor, shift, *clip)
        except UserError as error:
            raise UnsupportedError(str(error), "use a smaller mul and div") from error
        return emit(out, *clip, addition=addition)

    return Pending(name=operator.name, kind=operator.kind, shape=shape, emit=emit, exact=exact)


def _with_constant(builder: Builder, operator: Operator, first: Reals, constant: Constant) -> Pending:
    """A constant added to, or multiplied by, each channel or each element."""
    shape = _broadcast([first, constant])
    if operator.kind in ("Div", "Sub") and not isinstance(operator.inputs[0], Reals):
        raise UnsupportedError(
            f"it computes {operator.kind} with a constant of shape {list(constant.shape)} on the left",
            "put the constant on the right",
        )
    view = _view(builder.operand(first), shape)
    order = view.order()
    arranged = np.broadcast_to(constant.real, shape).transpose(order).reshape(-1, shape[order[-1]])
    if not np.isfinite(arranged).all():
        raise UnsupportedError("its constant is infinite or NaN", "export the model again")
    if (arranged == arranged[0]).all():
        return _by_channel(builder, operator, view, arranged[0].astype(np.float64))
    if operator.kind not in PAIRS:
        raise UnsupportedError(
            f"its constant of shape {list(constant.shape)} differs from element to element", "use Add or Mul"
        )
    return _of_pair(builder, operator, [view, with_own_scale(operator.name, constant, shape, order)])


def _by_channel(builder: Builder, operator: Operator, view: View, values: np.ndarray) -> Pending:
    """A 1x1 depthwise convolution: exact, clips between quantizations included."""
    order, shape = view.order(), view.shape
    channels = shape[order[-1]]
    rows = math.prod(shape) // channels
    x = builder.laid_out(view, lambda places: places.transpose(order), (rows, 1, channels))
    gains, bias = np.ones(channels), np.zeros(channels)
    if operator.kind in ("Add", "Sub"):
        bias = values if operator.kind == "Add" else -values
    else:
        with np.errstate(divide="ignore"):
            gains = values if operator.kind == "Mul" else 1 / values
        if not np.isfinite(gains).all():
            raise UnsupportedError("it divides by 0", "divide by other numbers")
    size = np.abs(gains).max()
    scales = np.where(gains == 0, size if size else 1.0, np.abs(gains)) / 127
    parts: dict[str, Any] = {
        "weights": (np.sign(gains) * 127).astype(np.int8).reshape(1, 1, channels),
        "weight_scale": scales,
    }
    numbers = np.broadcast_to(
        np.arange(channels).reshape([-1 if axis == order[-1] else 1 for axis in range(len(shape))]), shape
    )

    def node(quantization: Quantization, lo: int, hi: int, **parts: Any) -> View:
        output = Tensor(name=operator.name, shape=x.shape, quantization=quantization)
        window = Window(pad_value=x.zero)
        ends: dict[str, Any] = {"name": operator.name, "inputs": (x,), "output": output, "lo": lo, "hi": hi}
        builder.nodes.append(Depthwise(**ends, **parts, window=window))
        inverse = inverse_of(order)
        long = tuple(shape[axis] for axis in order)
        return View.of(output, lambda memory: memory.reshape(long).transpose(inverse))

    return accumulated(operator, x, parts, bias, numbers, node)


ELEMENTWISE = dict.fromkeys([*_UNARY.split(), *_BINARY], elementwise)
