"""QDQ models in ONNX, in the form that onnxruntime's quantizer writes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from compiler.models.architecture import (
    INPUT,
    Add,
    Architecture,
    ClassToken,
    Conv,
    FirstToken,
    Gelu,
    GlobalAverage,
    Layer,
    LayerNorm,
    Linear,
    MatMul,
    Position,
    Relu,
    Reshape,
    Scale,
    Shape,
    Softmax,
    Transpose,
)
from compiler.models.quantized import Constant, QuantizedLayer
from reference.quantization import Quantization

_OPSET, _IR_VERSION = 20, 10  # the first with Gelu, and the version of files that goes with it


def qdq_model(architecture: Architecture, layers: Iterable[QuantizedLayer]) -> onnx.ModelProto:
    """The model of a quantized network; the names of activations are the layers'."""
    graph = _Graph(architecture)
    for layer in layers:
        graph.add(layer)
    return graph.model()


class _Graph:
    """Nodes and constants of one model."""

    def __init__(self, architecture: Architecture) -> None:
        self._architecture = architecture
        self._constants: list[onnx.TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []
        self._last = INPUT
        self._dequantized: dict[str, str] = {}

    def add(self, made: QuantizedLayer) -> None:
        """Append a layer's nodes and the quantization of its output."""
        layer = made.layer
        for name, quantization in zip(layer.inputs, made.inputs, strict=True):
            if name not in self._dequantized:
                self._dequantized[name] = self.quantize(name, quantization)
        inputs = [self._dequantized[name] for name in layer.inputs]
        _EMITTERS[type(layer)](self, made, inputs, self._architecture.inputs_of(layer))
        self._nodes[-1].output[0] = made.output
        self._dequantized[made.output] = self.quantize(made.output, made.quantization)
        self._last = layer.name

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Append a node; returns the name of its output."""
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def array(self, name: str, values: np.ndarray) -> str:
        """Append a constant that is not quantized; returns its name."""
        self._constants.append(numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def constant(self, name: str, constant: Constant, axis: int | None = None) -> str:
        """Append a quantized constant, its output channels on ``axis``; returns what dequantizes it."""
        codes = constant.codes
        zero = np.full(constant.scale.shape, constant.zero, codes.dtype)
        inputs = [
            self.array(f"{name}_quantized", codes),
            self.array(f"{name}_scale", constant.scale),
            self.array(f"{name}_zero_point", zero),
        ]
        attributes = {} if axis is None else {"axis": axis}
        return self.node("DequantizeLinear", inputs, f"{name}_DequantizeLinear_Output", **attributes)

    def reshape(self, inputs: str, output: str, shape: Shape) -> str:
        """Append a reshape."""
        return self.node("Reshape", [inputs, self.array(f"{output}_shape", np.array(shape))], output)

    def quantize(self, name: str, quantization: Quantization) -> str:
        """Append the pair of a tensor with a scale of its own; returns the dequantized one."""
        scale = self.array(f"{name}_scale", np.array(quantization.scale, np.float32))
        return self.pair(
            name, [scale, self.array(f"{name}_zero_point", np.array(quantization.zero, np.int8))]
        )

    def pair(self, name: str, scale: Sequence[str]) -> str:
        """Append QuantizeLinear and DequantizeLinear of a tensor; returns the dequantized one."""
        codes = self.node("QuantizeLinear", [name, *scale], f"{name}_QuantizeLinear_Output")
        return self.node("DequantizeLinear", [codes, *scale], f"{name}_DequantizeLinear_Output")

    def model(self) -> onnx.ModelProto:
        """The whole model, with the last activation as its output."""
        architecture = self._architecture
        ends = [
            helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, *architecture.shapes[layer]])
            for name, layer in ((INPUT, INPUT), (self._nodes[-1].output[0], self._last))
        ]
        graph = helper.make_graph(
            self._nodes, architecture.name, ends[:1], ends[1:], initializer=self._constants
        )
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR_VERSION,
            producer_name="xdecimate",
        )


def _conv(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
    layer = made.layer
    assert isinstance(layer, Conv)
    return graph.node(
        "Conv",
        [*inputs, *_weight_and_bias(graph, made)],
        layer.name,
        kernel_shape=layer.size,
        strides=layer.stride,
        dilations=layer.dilation,
        pads=[*layer.before, *layer.after],
        group=layer.groups,
    )


def _linear(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
    """A Gemm; tokens become its rows, as the preprocessor of onnxruntime makes them."""
    layer, (shape,) = made.layer, shapes
    assert isinstance(layer, Linear)
    if len(shape) == 1:
        return graph.node("Gemm", [*inputs, *_weight_and_bias(graph, made)], layer.name, transB=1)
    name = layer.name
    source = [f"{layer.inputs[0]}_scale", f"{layer.inputs[0]}_zero_point"]
    rows = graph.pair(graph.reshape(inputs[0], f"{name}.rows", shape), source)
    weight, bias = made.constants["weight"], made.constants["bias"]
    turned = Constant(codes=weight.codes.T, scale=weight.scale)
    operands = [graph.constant(f"{name}.weight", turned, 1), graph.constant(f"{name}.bias", bias, 0)]
    product = graph.node("Gemm", [rows, *operands], f"{name}.product")
    return graph.reshape(graph.quantize(product, made.quantization), name, (1, *layer.shape(shape)))


def _weight_and_bias(graph: _Graph, made: QuantizedLayer) -> list[str]:
    return [
        graph.constant(f"{made.layer.name}.{name}", made.constants[name], 0) for name in ("weight", "bias")
    ]


def _norm(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
    layer = made.layer
    assert isinstance(layer, LayerNorm)
    gain = made.constants["gain"]
    one = Constant(codes=gain.codes, scale=gain.scale[0])
    operands = [
        graph.constant(f"{layer.name}.gain", one),
        graph.constant(f"{layer.name}.bias", made.constants["bias"]),
    ]
    return graph.node("LayerNormalization", [*inputs, *operands], layer.name, axis=-1, epsilon=layer.epsilon)


def _average(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
    name = made.layer.name
    return graph.node("Flatten", [graph.node("GlobalAveragePool", inputs, f"{name}.mean")], name, axis=1)


def _class_token(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
    token = made.constants["token"]
    first = Constant(codes=token.codes[None, None], scale=token.scale, zero=token.zero)
    name = made.layer.name
    return graph.node("Concat", [graph.constant(f"{name}.token", first), *inputs], name, axis=1)


def _first_token(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
    name = made.layer.name
    return graph.node("Gather", [*inputs, graph.array(f"{name}_index", np.array(0))], name, axis=1)


def _reshape(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
    return graph.reshape(inputs[0], made.layer.name, (1, *made.layer.shape(*shapes)))


def _transpose(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
    assert isinstance(made.layer, Transpose)
    return graph.node("Transpose", inputs, made.layer.name, perm=[0, *(axis + 1 for axis in made.layer.axes)])


def _with_constant(kind: str, parameter: str) -> Callable[..., str]:
    def emit(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
        constant = graph.constant(f"{made.layer.name}.{parameter}", made.constants[parameter])
        return graph.node(kind, [*inputs, constant], made.layer.name)

    return emit


def _plain(kind: str, **attributes: Any) -> Callable[..., str]:
    def emit(graph: _Graph, made: QuantizedLayer, inputs: list[str], shapes: tuple[Shape, ...]) -> str:
        return graph.node(kind, inputs, made.layer.name, **attributes)

    return emit


_EMITTERS: dict[type[Layer], Callable[..., str]] = {
    Add: _plain("Add"),
    ClassToken: _class_token,
    Conv: _conv,
    FirstToken: _first_token,
    Gelu: _plain("Gelu"),
    GlobalAverage: _average,
    LayerNorm: _norm,
    Linear: _linear,
    MatMul: _plain("MatMul"),
    Position: _with_constant("Add", "position"),
    Relu: _plain("Relu"),
    Reshape: _reshape,
    Scale: _with_constant("Mul", "factor"),
    Softmax: _plain("Softmax", axis=-1),
    Transpose: _transpose,
}
