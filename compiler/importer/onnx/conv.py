"""Convolutions."""

from typing import Any

import numpy as np

from compiler.graph import Conv, Depthwise, Tensor
from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.operator import Operator
from compiler.importer.onnx.values import Value
from compiler.importer.onnx.view import View
from compiler.importer.onnx.weighted import accumulated, bias_of, weights_of
from compiler.importer.onnx.window import channel_numbers, image, image_shape, image_view, sweep
from compiler.problem import UnsupportedError
from reference.quantization import Quantization


def conv(builder: Builder, operator: Operator) -> list[Value]:
    """Conv in one or two dimensions, of all channels, of each by itself, or of groups."""
    view = builder.operand(operator.activation())
    x, rank = image(builder, view), len(view.shape)
    weights, scales = weights_of(operator, 1, 0)
    groups, channels, outputs = operator.integer("group", 1), x.shape[-1], len(weights)
    if weights.ndim != rank or groups < 1 or weights.shape[1] * groups != channels or outputs % groups:
        raise UnsupportedError(
            f"its weights have the shape {list(weights.shape)} for {channels} input channels and "
            f"{groups} groups",
            "export the model again",
        )
    size = tuple(weights.shape[2:])
    if operator.integers("kernel_shape", size) != size:
        raise UnsupportedError(
            f"its kernel_shape is not that of its weights {list(weights.shape)}",
            "export the model again",
        )
    found = sweep(operator, view.shape, size, x.zero)
    weights = weights.reshape(*weights.shape[:2], *found.size_yx)
    depthwise = groups == channels == outputs > 1
    kind: type[Conv] | type[Depthwise] = Depthwise if depthwise else Conv
    order = (2, 3, 0) if depthwise else (0, 2, 3, 1)
    arranged = weights[:, 0].transpose(1, 2, 0) if depthwise else weights.transpose(order)
    parts: dict[str, Any] = {"weights": np.ascontiguousarray(arranged), "weight_scale": scales}
    grouped: dict[str, Any] = {"groups": groups} if groups > 1 and not depthwise else {}

    def node(quantization: Quantization, lo: int, hi: int, **parts: Any) -> View:
        shape = found.rows, found.columns, outputs
        output = Tensor(name=operator.name, shape=shape, quantization=quantization)
        ends: dict[str, Any] = {"name": operator.name, "inputs": (x,), "output": output, "lo": lo, "hi": hi}
        builder.nodes.append(kind(**ends, **parts, **grouped, window=found.window))
        return image_view(output, rank)

    shape = image_shape(outputs, found, rank)
    bias = bias_of(operator, 2, outputs)
    return [accumulated(operator, x, parts, bias, channel_numbers(outputs, shape, 1), node)]


CONVOLUTIONS = {"Conv": conv}
