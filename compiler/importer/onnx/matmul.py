"""Gemm and MatMul: matrix products."""

import math
from typing import Any

import numpy as np

from compiler.graph import Linear, MatMul, Tensor
from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.constants import with_own_scale
from compiler.importer.onnx.operator import Operator
from compiler.importer.onnx.values import Constant, Pending, Value
from compiler.importer.onnx.view import View
from compiler.importer.onnx.weighted import accumulated, bias_of, weights_of
from compiler.importer.onnx.window import channel_numbers
from compiler.problem import UnsupportedError
from reference.quantization import Quantization


def unbatched(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without a batch of 1 in front."""
    return shape[1:] if len(shape) > 1 and shape[0] == 1 else shape


def _linear(
    builder: Builder,
    operator: Operator,
    view: View,
    weights: np.ndarray,
    scales: np.ndarray,
    bias: np.ndarray,
) -> Pending:
    """A fully-connected layer for each row of the last axis."""
    outputs, reduction = weights.shape
    if view.shape[-1] != reduction:
        raise UnsupportedError(
            f"its input has {view.shape[-1]} channels, but its weights have {reduction}",
            "export the model again",
        )
    x = builder.laid_out(view, lambda places: places, unbatched(view.shape))
    parts: dict[str, Any] = {"weights": np.ascontiguousarray(weights), "weight_scale": scales}
    shape = (*view.shape[:-1], outputs)

    def node(quantization: Quantization, lo: int, hi: int, **parts: Any) -> View:
        output = Tensor(name=operator.name, shape=unbatched(shape), quantization=quantization)
        builder.nodes.append(Linear(name=operator.name, inputs=(x,), output=output, lo=lo, hi=hi, **parts))
        return View.of(output, lambda memory: memory.reshape(shape))

    return accumulated(operator, x, parts, bias, channel_numbers(outputs, shape, len(shape) - 1), node)


def gemm(builder: Builder, operator: Operator) -> list[Value]:
    """Gemm by constant weights, transposed or not; without a bias also of two activations."""
    view = builder.operand(operator.activation())
    if len(view.shape) != 2:
        raise UnsupportedError(f"its input has the shape {list(view.shape)}", "give it rows and channels")
    if operator.integer("transA", 0):
        view = view.moved(lambda places: places.T)
    axis = 0 if operator.integer("transB", 0) else 1
    alpha, beta = operator.number("alpha", 1.0), operator.number("beta", 1.0)
    if not (np.isfinite(alpha) and alpha > 0 and np.isfinite(beta)):
        raise UnsupportedError(f"its alpha is {alpha} and its beta {beta}", "use an alpha above 0")
    second = operator.value(1)
    if not isinstance(second, Constant) and not operator.has(2) and len(second.shape) == 2:
        other = builder.operand(second)
        other = other if axis == 0 else other.moved(lambda places: places.T)
        return [_product(builder, operator, view, other).scaled(alpha)]
    weights, scales = weights_of(operator, 1, axis)
    if weights.ndim != 2:
        raise UnsupportedError(f"its weights have the shape {list(weights.shape)}", "give them two axes")
    weights = weights if axis == 0 else weights.T
    bias = bias_of(operator, 2, len(weights)) * beta
    return [_linear(builder, operator, view, weights, scales * alpha, bias)]


def matmul(builder: Builder, operator: Operator) -> list[Value]:
    """MatMul by a constant matrix, or of two activations."""
    first, second = operator.value(0), operator.value(1)
    if min(len(first.shape), len(second.shape)) < 2:
        raise UnsupportedError(
            f"it multiplies {list(first.shape)} by {list(second.shape)}", "give both two axes or more"
        )
    matrix = math.prod(second.shape) == math.prod(second.shape[-2:])
    if isinstance(second, Constant) and matrix:
        weights, scales = weights_of(operator, 1, len(second.shape) - 1)
        weights = weights.reshape(weights.shape[-2:]).T
        view = builder.operand(operator.activation())
        return [_linear(builder, operator, view, weights, scales, np.zeros(len(weights)))]
    views = [_operand(builder, operator, value) for value in (first, second)]
    return [_product(builder, operator, views[0], views[1].moved(lambda places: places.swapaxes(-1, -2)))]


def _operand(builder: Builder, operator: Operator, value: Value) -> View:
    """A factor of a product, which may be a constant in the place of an activation."""
    if isinstance(value, Constant):
        return with_own_scale(operator.name, value, value.shape, tuple(range(len(value.shape))))
    return builder.operand(value)


def _product(builder: Builder, operator: Operator, first: View, second: View) -> Pending:
    """The product of (..., T, K) and (..., N, K)."""
    if first.shape[-1] != second.shape[-1]:
        raise UnsupportedError(
            f"it multiplies {list(first.shape)} by the transpose of {list(second.shape)}",
            "export the model again",
        )
    try:
        heads = np.broadcast_shapes(first.shape[:-2], second.shape[:-2])
    except ValueError as error:
        raise UnsupportedError(
            f"it multiplies {list(first.shape)} by the transpose of {list(second.shape)}",
            "use shapes that fit",
        ) from error
    inputs = []
    for view in (first, second):
        full = (*heads, *view.shape[-2:])
        repeated = view.moved(lambda places, full=full: np.broadcast_to(places, full))
        inputs.append(builder.laid_out(repeated, lambda places: places, _matrices(full)))
    shape = (*heads, first.shape[-2], second.shape[-2])

    def emit(quantization: Quantization, lo: int, hi: int) -> View:
        output = Tensor(name=operator.name, shape=_matrices(shape), quantization=quantization)
        ends: dict[str, Any] = {"name": operator.name, "inputs": tuple(inputs), "output": output}
        builder.nodes.append(MatMul(**ends, lo=lo, hi=hi))
        return View.of(output, lambda memory: memory.reshape(shape))

    return Pending(name=operator.name, kind=operator.kind, shape=shape, emit=emit)


def _matrices(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of matrices without a batch of 1 in front."""
    return shape[1:] if len(shape) > 2 and shape[0] == 1 else shape


PRODUCTS = {"Gemm": gemm, "MatMul": matmul}
