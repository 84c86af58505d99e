"""Gemm and MatMul: products with constant weights."""

from typing import Any

import numpy as np

from compiler.graph import Linear, Tensor
from compiler.importer.onnx.builder import Builder
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
    """Gemm with constant weights, transposed or not."""
    view = builder.operand(operator.activation())
    if len(view.shape) != 2:
        raise UnsupportedError(f"its input has the shape {list(view.shape)}", "give it rows and channels")
    if operator.integer("transA", 0):
        view = view.moved(lambda places: places.T)
    axis = 0 if operator.integer("transB", 0) else 1
    weights, scales = weights_of(operator, 1, axis)
    if weights.ndim != 2:
        raise UnsupportedError(f"its weights have the shape {list(weights.shape)}", "give them two axes")
    weights = weights if axis == 0 else weights.T
    alpha, beta = operator.number("alpha", 1.0), operator.number("beta", 1.0)
    if not (np.isfinite(alpha) and alpha > 0 and np.isfinite(beta)):
        raise UnsupportedError(f"its alpha is {alpha} and its beta {beta}", "use an alpha above 0")
    bias = bias_of(operator, 2, len(weights)) * beta
    return [_linear(builder, operator, view, weights, scales * alpha, bias)]


def matmul(builder: Builder, operator: Operator) -> list[Value]:
    """MatMul with a constant on the right."""
    if not isinstance(operator.value(1), Constant):
        raise UnsupportedError("it multiplies two activations", "multiply an activation by a constant")
    view = builder.operand(operator.activation())
    weights, scales = weights_of(operator, 1, len(operator.inputs[1].shape) - 1)  # type: ignore
    if weights.ndim < 2 or weights.size != weights.shape[-1] * weights.shape[-2] or len(view.shape) < 2:
        raise UnsupportedError(
            f"it multiplies {list(view.shape)} by a constant of {list(weights.shape)}",
            "use a constant of two axes",
        )
    weights = weights.reshape(weights.shape[-2:]).T
    return [_linear(builder, operator, view, weights, scales, np.zeros(len(weights)))]


PRODUCTS = {"Gemm": gemm, "MatMul": matmul}
