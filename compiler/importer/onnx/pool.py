"""Poolings and reductions."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from compiler.graph import AveragePool, Depthwise, MaxPool, Pool, Tensor
from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.operator import Operator, axis_of
from compiler.importer.onnx.values import Codes, Constant, Pending, Reals, Step, Value, through
from compiler.importer.onnx.view import View
from compiler.importer.onnx.weighted import accumulated
from compiler.importer.onnx.window import (
    Sweep,
    channel_numbers,
    image,
    image_shape,
    image_view,
    sweep,
)
from compiler.problem import UnsupportedError
from reference.quantization import Quantization
from reference.table import CODES
from reference.window import Window


def _pool(
    builder: Builder,
    kind: type[Pool],
    name: str,
    x: Tensor,
    found: Sweep,
    quantization: Quantization,
    **clip: int,
) -> Tensor:
    """A pooling, appended to the graph."""
    if found.window.dilation_yx != (1, 1):
        raise UnsupportedError(f"its dilations are {list(found.window.dilation_yx)}", "use dilations of 1")
    shape = found.rows, found.columns, x.shape[-1]
    output = Tensor(name=name, shape=shape, quantization=quantization)
    ends: dict[str, Any] = {"name": name, "inputs": (x,), "output": output, **clip}
    builder.nodes.append(kind(**ends, size_yx=found.size_yx, window=found.window))
    return output


def _size(operator: Operator) -> tuple[int, ...]:
    found = operator.integers("kernel_shape")
    if found is None:
        raise UnsupportedError("it has no kernel_shape", "export the model again")
    return found


def _largest(builder: Builder, value: Value, step: Step, shape: tuple[int, ...]) -> Value:
    """The largest elements have the largest codes, so that they are the same function of their codes."""
    if isinstance(value, Constant):
        raise UnsupportedError("its input is a constant", "export the model again")
    if isinstance(value, Pending):
        return replace(value, shape=shape, steps=(*value.steps, step), channels=None, biased=None)
    codes = value if isinstance(value, Codes) else value.codes
    if codes is not None:
        codes = replace(codes, view=builder.coded(codes), entries=CODES)
        if isinstance(value, Codes):
            return through(codes, step)
        values = codes.quantization.real(CODES).astype(np.float32)
        return through(Reals(view=codes.view, values=values, codes=codes), step)
    if isinstance(value, Reals) and not (np.diff(value.values) >= 0).all():
        raise UnsupportedError("its input is no increasing function of codes", "quantize its input")
    return through(value, step)


def max_pool(builder: Builder, operator: Operator) -> list[Value]:
    """MaxPool and GlobalMaxPool."""
    value = operator.value(0)
    shape, rank = value.shape, len(value.shape)
    size = shape[2:] if operator.kind == "GlobalMaxPool" else _size(operator)
    if len(operator.node.output) > 1:
        raise UnsupportedError("it also gives indices", "use its first output alone")
    found = sweep(operator, shape, size)

    def step(view: View) -> View:
        x = image(builder, view)
        return image_view(_pool(builder, MaxPool, operator.name, x, found, x.quantization), rank)

    return [_largest(builder, value, step, image_shape(shape[1], found, rank))]


def average_pool(builder: Builder, operator: Operator) -> list[Value]:
    """AveragePool and GlobalAveragePool."""
    view = builder.covered(operator.activation())
    rank = len(view.shape)
    size = view.shape[2:] if operator.kind == "GlobalAveragePool" else _size(operator)
    found = sweep(operator, view.shape, size)
    x = image(builder, view)
    if operator.integer("count_include_pad", 0) and any(found.window.padding):
        return [_padded_mean(builder, operator, x, found, rank)]

    def emit(quantization: Quantization, lo: int, hi: int) -> View:
        return image_view(
            _pool(builder, AveragePool, operator.name, x, found, quantization, lo=lo, hi=hi), rank
        )

    shape = image_shape(x.shape[-1], found, rank)
    natural = x.quantization
    return [Pending(name=operator.name, kind=operator.kind, shape=shape, emit=emit, natural=natural)]


def _padded_mean(builder: Builder, operator: Operator, x: Tensor, found: Sweep, rank: int) -> Pending:
    """A mean in which padding counts: a depthwise convolution with equal weights."""
    channels, count = x.shape[-1], math.prod(found.size_yx)
    if operator.integer("ceil_mode", 0):
        raise UnsupportedError("it has ceil_mode and count_include_pad", "use one of them")
    parts: dict[str, Any] = {
        "weights": np.ones((*found.size_yx, channels), np.int8),
        "weight_scale": np.full(channels, 1 / count),
    }
    window = replace(found.window, pad_value=x.zero)

    def node(quantization: Quantization, lo: int, hi: int, **parts: Any) -> View:
        shape = found.rows, found.columns, channels
        output = Tensor(name=operator.name, shape=shape, quantization=quantization)
        ends: dict[str, Any] = {"name": operator.name, "inputs": (x,), "output": output, "lo": lo, "hi": hi}
        builder.nodes.append(Depthwise(**ends, **parts, window=window))
        return image_view(output, rank)

    numbers = channel_numbers(channels, image_shape(channels, found, rank), 1)
    return accumulated(operator, x, parts, np.zeros(channels), numbers, node)


def reduce(builder: Builder, operator: Operator) -> list[Value]:
    """ReduceMean and ReduceSum, as a pooling of all elements of the reduced axes, and ReduceMax."""
    value = operator.activation()
    rank, keep = len(value.shape), operator.integer("keepdims", 1)
    given = operator.integers_or_input("axes", 1)
    if not given and operator.integer("noop_with_empty_axes", 0):
        return [value]
    axes = sorted({axis_of(axis, rank) for axis in given or range(rank)})
    rest = [axis for axis in range(rank) if axis not in axes]
    lengths, kept = [value.shape[axis] for axis in axes], [value.shape[axis] for axis in rest]
    shape = tuple(
        1 if axis in axes else value.shape[axis] for axis in range(rank) if keep or axis not in axes
    )
    size, channels = (math.prod(lengths[:-1]), lengths[-1] if lengths else 1), math.prod(kept)
    if len(lengths) == 1:
        size = lengths[0], 1
    found = Sweep(size_yx=size, window=Window(), rows=1, columns=1)

    def laid_out(view: View) -> Tensor:
        return builder.laid_out(view, lambda places: places.transpose(*axes, *rest), (*size, channels))

    def back(tensor: Tensor) -> View:
        return View.of(tensor, lambda memory: memory.reshape(shape))

    def largest(view: View) -> View:
        x = laid_out(view)
        return back(_pool(builder, MaxPool, operator.name, x, found, x.quantization))

    if operator.kind == "ReduceMax":
        return [_largest(builder, value, largest, shape)]
    x = laid_out(builder.covered(value))

    def emit(quantization: Quantization, lo: int, hi: int) -> View:
        return back(_pool(builder, AveragePool, operator.name, x, found, quantization, lo=lo, hi=hi))

    natural = x.quantization
    mean = Pending(name=operator.name, kind=operator.kind, shape=shape, emit=emit, natural=natural)
    return [mean.scaled(math.prod(lengths)) if operator.kind == "ReduceSum" else mean]


POOLINGS = {
    "AveragePool": average_pool,
    "GlobalAveragePool": average_pool,
    "GlobalMaxPool": max_pool,
    "MaxPool": max_pool,
    "ReduceMax": reduce,
    "ReduceMean": reduce,
    "ReduceSum": reduce,
}
