"""TFLite models as graphs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tflite

from compiler.graph import (
    Add,
    AveragePool,
    Conv,
    Depthwise,
    Graph,
    Linear,
    MaxPool,
    Mul,
    Node,
    Softmax,
    Tensor,
)
from compiler.importer.tflite_file import FileOperator, FileTensor, read_file, reading
from compiler.importer.tflite_movement import MOVEMENTS
from compiler.importer.tflite_operands import constant, options_of
from compiler.importer.tflite_table import TABLES
from compiler.problem import Problem, ProblemsError, UnsupportedError
from reference.quantization import Quantization
from reference.window import Window

#: Most elements of a constant that is repeated to the shape of an activation.
MAX_CONSTANT = 1 << 24


def read_tflite(path: Path) -> Graph:
    """The graph of a TFLite model.

    Raises
    ------
    ProblemsError
        When operators or tensors are not supported: all of them at once.
    UserError
        When the file cannot be read or is damaged.
    """
    file = read_file(path)
    importer = _Importer()
    with reading(path):
        for operator in file.operators:
            importer.add(operator)
        first, last = importer.end(file.inputs, "input"), importer.end(file.outputs, "output")
    if importer.problems:
        raise ProblemsError(str(path), importer.problems)
    assert first is not None
    assert last is not None
    importer.check_order(first, last)
    if importer.problems:
        raise ProblemsError(str(path), importer.problems)
    return Graph(name=file.name, nodes=tuple(importer.nodes), input=first, output=last)


class _Importer:
    """Nodes and problems of one file."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.problems: list[Problem] = []
        self._tensors: dict[int, Tensor] = {}

    def add(self, operator: FileOperator) -> None:
        """Append an operator's node, or its problem."""
        try:
            make = _OPERATORS.get(operator.kind)
            if make is None:
                known = ", ".join(_OPERATORS)
                raise UnsupportedError("the operator is not supported", f"use {known}")
            made = make(self, operator)
            self.nodes += made if isinstance(made, list) else [made]
        except UnsupportedError as error:
            self.problems.append(
                Problem(node=operator.name, operator=operator.kind, what=error.what, advice=error.advice)
            )

    def end(self, tensors: tuple[FileTensor, ...], what: str) -> Tensor | None:
        """The one input or output of the model; None after a problem."""
        try:
            if len(tensors) != 1:
                raise UnsupportedError(f"there are {len(tensors)} {what}s", f"export it with one {what}")
            return self.tensor(tensors[0], f"the {what}")
        except UnsupportedError as error:
            self.problems.append(Problem(node=what, operator="model", what=error.what, advice=error.advice))
            return None

    def check_order(self, first: Tensor, last: Tensor) -> None:
        """Append a problem for each tensor that is read before it is written, or written twice."""
        written = {first}
        for node in self.nodes:
            for tensor in node.inputs:
                if tensor not in written and tensor.data is None:
                    self._unordered(node, f"it reads {tensor.name!r}, which no operator before it writes")
            if node.output in written:
                self._unordered(node, f"it writes {node.output.name!r}, which was written before")
            written.add(node.output)
        if last not in written:
            self.problems.append(
                Problem(
                    node=last.name,
                    operator="model",
                    what="no operator writes this output",
                    advice="export the model again",
                )
            )

    def _unordered(self, node: Node, what: str) -> None:
        advice = "export the model again, with each tensor written once and then read"
        self.problems.append(Problem(node=node.name, operator=node.operator, what=what, advice=advice))

    def tensor(self, found: FileTensor | None, role: str) -> Tensor:
        """An int8 activation with its scale, or a constant in the place of one."""
        if found is None:
            raise UnsupportedError(f"{role} is missing", "export the model again")
        if found.index in self._tensors:
            return self._tensors[found.index]
        if found.dtype != "int8":
            raise UnsupportedError(
                f"{role} {found.name!r} is {found.dtype}",
                "quantize the model to int8 (full integer quantization with a representative dataset)",
            )
        if len(found.scales) != 1:
            raise UnsupportedError(
                f"{role} {found.name!r} has {len(found.scales)} scales", "quantize activations per tensor"
            )
        scale, zero = float(found.scales[0]), int(found.zeros[0])
        _check_scales(found, role)
        if not -128 <= zero <= 127:
            raise UnsupportedError(
                f"{role} {found.name!r} has the zero point {zero}", "choose one in -128..127"
            )
        quantization = Quantization(scale, zero)
        if found.data is not None and found.data.size:
            shape = found.shape[1:] if found.shape[:1] == (1,) else found.shape
            data = found.data.reshape(shape)
            return Tensor(name=found.name, shape=shape, quantization=quantization, data=data)
        if not found.shape or found.shape[0] != 1 or 0 in found.shape:
            raise UnsupportedError(
                f"{role} {found.name!r} has the shape {list(found.shape)}",
                "export it with a static shape and a batch of 1",
            )
        tensor = Tensor(name=found.name, shape=found.shape[1:], quantization=quantization)
        self._tensors[found.index] = tensor
        return tensor

    def ends(self, operator: FileOperator, inputs: int = 1) -> dict[str, Any]:
        """Name, inputs and output of a node."""
        if len(operator.inputs) < inputs or len(operator.outputs) != 1:
            raise UnsupportedError(
                f"it has {len(operator.inputs)} inputs and {len(operator.outputs)} outputs",
                f"give it {inputs} and 1",
            )
        return {
            "name": operator.name,
            "inputs": tuple(
                self.tensor(found, f"its input {i}") for i, found in enumerate(operator.inputs[:inputs])
            ),
            "output": self.tensor(operator.outputs[0], "its output"),
        }


def _check_scales(found: FileTensor, role: str) -> None:
    bad = found.scales[~(np.isfinite(found.scales) & (found.scales > 0))]
    if bad.size:
        raise UnsupportedError(
            f"{role} {found.name!r} has the scale {bad[0]}", "choose a finite scale above 0"
        )


def _weights(operator: FileOperator, ends: dict[str, Any], axis: int) -> dict[str, Any]:
    """Weights, their scales and the bias; ``axis`` is that of the output channels."""
    weights = constant(operator, 1, "int8", "weights")
    assert weights.data is not None
    _check_scales(weights, "the constant")
    channels = weights.shape[axis] if axis < len(weights.shape) else 0
    if len(weights.scales) not in (1, channels) or (len(weights.scales) > 1 and weights.axis != axis):
        raise UnsupportedError(
            f"its weights have {len(weights.scales)} scales on axis {weights.axis}",
            f"quantize weights per tensor, or per output channel: axis {axis}",
        )
    if weights.zeros.any():
        raise UnsupportedError("its weights have zero points", "quantize weights symmetrically")
    bias = np.zeros(channels, np.int32)
    if len(operator.inputs) > 2 and operator.inputs[2] is not None:
        found = constant(operator, 2, "int32", "biases")
        assert found.data is not None
        bias = found.data.astype(np.int32)
        if bias.shape != (channels,):
            raise UnsupportedError(
                f"its biases have the shape {list(found.shape)}",
                f"give one bias for each of the {channels} output channels",
            )
        expected = ends["inputs"][0].scale * np.broadcast_to(weights.scales, channels)
        if len(found.scales) and not np.allclose(found.scales, expected, rtol=1e-5):
            raise UnsupportedError(
                "the scale of its biases is not that of the input times that of the weights",
                "export the model again",
            )
    return ends | {
        "weights": weights.data,
        "weight_scale": np.broadcast_to(weights.scales, channels).astype(np.float64),
        "bias": bias,
    }


def _range(activation: int, output: Tensor) -> dict[str, Any]:
    """The range that a fused activation clips to."""

    def quantized(value: float) -> int:
        return int(np.clip(np.rint(value / output.scale) + output.zero, -128, 127))

    kinds = tflite.ActivationFunctionType
    bounds: dict[int, tuple[float | None, float | None]] = {
        kinds.NONE: (None, None),
        kinds.RELU: (0.0, None),
        kinds.RELU6: (0.0, 6.0),
        kinds.RELU_N1_TO_1: (-1.0, 1.0),
    }
    if activation not in bounds:
        raise UnsupportedError(
            f"the number of its activation is {activation}", "use NONE, RELU, RELU6 or RELU_N1_TO_1"
        )
    low, high = bounds[activation]
    return {
        "lo": -128 if low is None else quantized(low),
        "hi": 127 if high is None else quantized(high),
    }


def _pads(padding: int, sizes: list[tuple[int, int, int, int, int]]) -> tuple[int, int, int, int]:
    """Top, left, bottom, right; each size is (input, output, window, stride, dilation) of an axis."""
    before, after = [], []
    for length, output, size, stride, dilation in sizes:
        reach = (size - 1) * dilation + 1
        if padding == tflite.Padding.SAME:
            expected = -(-length // stride)
            total = max((expected - 1) * stride + reach - length, 0)
        elif padding == tflite.Padding.VALID:
            expected, total = (length - reach) // stride + 1, 0
        else:
            raise UnsupportedError(f"the number of its padding is {padding}", "use SAME or VALID")
        if expected != output:
            raise UnsupportedError(
                f"its output has {output} rows or columns, but its window makes {expected}",
                "export the model again",
            )
        before.append(total // 2)
        after.append(total - total // 2)
    return before[0], before[1], after[0], after[1]


def _window(options: Any, size: tuple[int, int], ends: dict[str, Any]) -> Window:
    x, y = ends["inputs"][0].shape, ends["output"].shape
    if len(x) != 3 or len(y) != 3:
        raise UnsupportedError(
            f"its shapes are {list(x)} and {list(y)}", "use shapes of rows, columns and channels"
        )
    stride = (options.StrideH(), options.StrideW())
    dilation = (1, 1)
    if hasattr(options, "DilationHFactor"):
        dilation = (options.DilationHFactor(), options.DilationWFactor())
    if min(*size, *stride, *dilation) < 1:
        raise UnsupportedError(
            f"its window {size}, stride {stride} or dilation {dilation} is below 1", "use 1 or more"
        )
    sizes = [(x[i], y[i], size[i], stride[i], dilation[i]) for i in range(2)]
    return Window(
        stride_yx=stride,
        dilation_yx=dilation,
        padding=_pads(options.Padding(), sizes),
        pad_value=ends["inputs"][0].zero,
    )


def _conv(importer: _Importer, operator: FileOperator) -> Node:
    parts = _weights(operator, importer.ends(operator), 0)
    options = options_of(operator, tflite.Conv2DOptions)
    weights, x, y = parts["weights"], parts["inputs"][0], parts["output"]
    channels, outputs = x.shape[-1] if x.shape else 0, len(weights)
    groups = channels // weights.shape[3] if weights.ndim == 4 and weights.shape[3] else 0
    if not groups or groups * weights.shape[3] != channels or outputs % groups or outputs != y.shape[-1]:
        raise UnsupportedError(
            f"its weights have the shape {list(weights.shape)} for {channels} input channels",
            "give each of some equal groups of the channels its own output channels",
        )
    window = _window(options, weights.shape[1:3], parts)
    return Conv(**parts, **_range(options.FusedActivationFunction(), y), window=window, groups=groups)


def _depthwise(importer: _Importer, operator: FileOperator) -> Node:
    parts = _weights(operator, importer.ends(operator), 3)
    options = options_of(operator, tflite.DepthwiseConv2DOptions)
    weights, x, y = parts["weights"], parts["inputs"][0], parts["output"]
    channels, outputs = x.shape[-1] if x.shape else 0, weights.shape[-1] if weights.ndim == 4 else 0
    if not outputs or not channels or weights.shape[0] != 1 or outputs % channels or outputs != y.shape[-1]:
        raise UnsupportedError(
            f"its weights have the shape {list(weights.shape)} for {channels} input channels",
            "use a channel multiplier that is a whole number",
        )
    window = _window(options, weights.shape[1:3], parts)
    clip = _range(options.FusedActivationFunction(), y)
    if outputs == channels:
        return Depthwise(**parts | {"weights": weights[0]}, **clip, window=window)
    filters = np.ascontiguousarray(weights[0].transpose(2, 0, 1)[..., np.newaxis])
    return Conv(**parts | {"weights": filters}, **clip, window=window, groups=channels)


def _linear(importer: _Importer, operator: FileOperator) -> Node:
    parts = _weights(operator, importer.ends(operator), 0)
    options = options_of(operator, tflite.FullyConnectedOptions)
    weights, x = parts["weights"], parts["inputs"][0]
    if options.WeightsFormat() != tflite.FullyConnectedOptionsWeightsFormat.DEFAULT:
        raise UnsupportedError("its weights are shuffled", "export it with the default format of weights")
    if weights.ndim != 2 or not x.shape or x.size % weights.shape[1]:
        raise UnsupportedError(
            f"its weights have the shape {list(weights.shape)} for an input of {list(x.shape)}",
            "give the input as many channels as the weights have",
        )
    return Linear(**parts, **_range(options.FusedActivationFunction(), parts["output"]))


def _pair(kind: type[Add] | type[Mul], options: Any) -> Callable[[_Importer, FileOperator], Node]:
    """Sums and products of two tensors of one shape, of which one may be a constant."""

    def make(importer: _Importer, operator: FileOperator) -> Node:
        ends = importer.ends(operator, inputs=2)
        activation = options_of(operator, options).FusedActivationFunction()
        shape = ends["output"].shape
        inputs = tuple(_broadcast(tensor, shape) for tensor in ends["inputs"])
        if {tensor.shape for tensor in inputs} != {shape} or all(t.data is not None for t in inputs):
            shapes = " and ".join(str(list(tensor.shape)) for tensor in ends["inputs"])
            raise UnsupportedError(
                f"it combines the shapes {shapes}", "use tensors of one shape, or one and a constant"
            )
        return kind(**ends | {"inputs": inputs}, **_range(activation, ends["output"]))

    return make


def _broadcast(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A constant in a larger shape, if it fits; other tensors as they are."""
    if tensor.data is None or tensor.shape == shape or np.prod(shape, dtype=object) > MAX_CONSTANT:
        return tensor
    try:
        return replace(tensor, shape=shape, data=np.broadcast_to(tensor.data, shape).copy())
    except ValueError:
        return tensor


def _pool(kind: type[AveragePool] | type[MaxPool]) -> Callable[[_Importer, FileOperator], Node]:
    def make(importer: _Importer, operator: FileOperator) -> Node:
        ends = importer.ends(operator)
        options = options_of(operator, tflite.Pool2DOptions)
        size = options.FilterHeight(), options.FilterWidth()
        clip = _range(options.FusedActivationFunction(), ends["output"])
        return kind(**ends, **clip, size_yx=size, window=_window(options, size, ends))

    return make


def _softmax(importer: _Importer, operator: FileOperator) -> Node:
    ends = importer.ends(operator)
    beta = options_of(operator, tflite.SoftmaxOptions).Beta()
    if beta != 1:
        raise UnsupportedError(f"its beta is {beta}", "use a beta of 1")
    return Softmax(**ends)


_OPERATORS: dict[str, Callable[[_Importer, FileOperator], Node | list[Node]]] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _linear,
    "ADD": _pair(Add, tflite.AddOptions),
    "MUL": _pair(Mul, tflite.MulOptions),
    "AVERAGE_POOL_2D": _pool(AveragePool),
    "MAX_POOL_2D": _pool(MaxPool),
    "SOFTMAX": _softmax,
    **MOVEMENTS,
    **TABLES,
}
