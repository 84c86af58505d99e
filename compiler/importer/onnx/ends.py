"""Input and output of a model, and the order of the input's axes in memory."""

from collections import defaultdict
from collections.abc import Mapping

import onnx

from compiler.graph import Tensor
from compiler.importer.onnx.constants import inverse_of
from compiler.importer.onnx.requant_shift import KIND, codes_of
from compiler.importer.onnx.values import Codes, Pending, Value
from compiler.importer.onnx.view import View
from compiler.problem import UnsupportedError
from reference.quantization import Quantization
from reference.table import CODES

#: Operators that leave the order of axes, and those that want channels last.
_LEAVE = {
    *("Add", "Cast", "Clip", "Concat", "DequantizeLinear", "Div", "Dropout", "Identity", "Mul", "Pad"),
    *("QuantizeLinear", "Relu", "Resize", "Sub", "Upsample"),
}
_IMAGES = {"AveragePool", "Conv", "GlobalAveragePool", "GlobalMaxPool", "MaxPool"}


def static_shape(value: onnx.ValueInfoProto) -> tuple[int, ...]:
    """The shape of the model's input; ``UnsupportedError`` when it is not fixed, or has a batch."""
    found = value.type.tensor_type.shape.dim
    shape = tuple(dim.dim_value if dim.HasField("dim_value") else -1 for dim in found)
    if not shape or min(shape) < 1:
        named = [dim.dim_param or (dim.dim_value if dim.HasField("dim_value") else "?") for dim in found]
        raise UnsupportedError(
            f"its shape is {named}",
            "fix it: python -m onnxruntime.tools.make_dynamic_shape_fixed --input_name "
            f"{value.name} --input_shape 1,... MODEL.onnx FIXED.onnx",
        )
    if shape[0] != 1:
        raise UnsupportedError(f"its shape is {list(shape)}", "export it with a batch of 1 in front")
    return shape


def memory_order(name: str, rank: int, nodes: Mapping[str, list[onnx.NodeProto]]) -> tuple[int, ...]:
    """Axes of the input in the order of memory: channels last where an image operator reads them."""
    order = tuple(range(rank))
    for _ in range(64):
        readers = nodes.get(name, [])
        if not readers:
            return order
        node = readers[0]
        if node.op_type in _IMAGES and rank > 2:
            return (order[0], *order[2:], order[1])
        if node.op_type == "Transpose":
            perm = next((list(a.ints) for a in node.attribute if a.name == "perm"), [])
            if sorted(perm) != list(range(rank)):
                return tuple(range(rank))
            order = tuple(order[axis] for axis in perm)
        elif node.op_type not in _LEAVE or name not in node.input:
            return tuple(range(rank))
        name = node.output[0] if node.output else ""
    return tuple(range(rank))


def readers(graph: onnx.GraphProto) -> Mapping[str, list[onnx.NodeProto]]:
    """Operators that read each value."""
    found: dict[str, list[onnx.NodeProto]] = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            found[name].append(node)
    return found


class Input:
    """The model's input, whose quantization the first QuantizeLinear or DequantizeLinear gives."""

    def __init__(self, value: onnx.ValueInfoProto, nodes: Mapping[str, list[onnx.NodeProto]]) -> None:
        self.tensor: Tensor | None = None
        self._name = value.name
        self._shape = static_shape(value)
        self._order = memory_order(value.name, len(self._shape), nodes)
        self._dtype = value.type.tensor_type.elem_type
        self._whole = any(node.op_type == KIND for found in nodes.values() for node in found)

    def value(self) -> Value:
        """The value that operators read."""
        if self._dtype == onnx.TensorProto.FLOAT and self._whole:
            return codes_of(self._view(Quantization(1.0, -128)), unsigned=True)
        if self._dtype == onnx.TensorProto.FLOAT:
            return Pending(name=self._name, kind="input", shape=self._shape, emit=self._emit)
        if self._dtype in (onnx.TensorProto.INT8, onnx.TensorProto.UINT8):
            unsigned = self._dtype == onnx.TensorProto.UINT8
            quantization = Quantization(1.0, -128 if unsigned else 0)
            view = self._view(quantization)
            return Codes(view=view, entries=CODES, unsigned=unsigned, quantization=quantization)
        kind = onnx.TensorProto.DataType.Name(self._dtype) if self._dtype in _TYPES else self._dtype
        raise UnsupportedError(
            f"its type is {kind}", "use FLOAT with QuantizeLinear behind it, INT8 or UINT8"
        )

    def _emit(self, quantization: Quantization, lo: int, hi: int) -> View:
        if (lo, hi) != (-128, 127):
            raise UnsupportedError("the input is clipped before it is quantized", "remove the clip")
        if self.tensor is not None and self.tensor.quantization != quantization:
            raise UnsupportedError(
                f"the input is quantized with the scale {quantization.scale:g} and with "
                f"{self.tensor.scale:g}",
                "quantize it once",
            )
        return self._view(quantization)

    def _view(self, quantization: Quantization) -> View:
        order, shape = self._order, self._shape
        long = tuple(shape[axis] for axis in order)
        inverse = inverse_of(order)
        if self.tensor is None:
            # The batch of 1 is not always in front once the axes are in the order of memory.
            kept = tuple(shape[axis] for axis in order if axis != 0) or (1,)
            self.tensor = Tensor(name=self._name, shape=kept, quantization=quantization)
        return View.of(self.tensor, lambda memory: memory.reshape(long).transpose(inverse))


_TYPES = set(onnx.TensorProto.DataType.values())
