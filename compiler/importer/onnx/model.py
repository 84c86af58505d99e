"""ONNX models as graphs."""

import math
from collections.abc import Callable
from pathlib import Path

import onnx

from common.errors import UserError
from compiler.graph import Graph, Tensor
from compiler.importer.onnx.advice import nearest
from compiler.importer.onnx.builder import QUANTIZE, Builder
from compiler.importer.onnx.conv import CONVOLUTIONS
from compiler.importer.onnx.elementwise import ELEMENTWISE
from compiler.importer.onnx.ends import Input, readers
from compiler.importer.onnx.file import DOMAINS, constant, operator_set, read_file
from compiler.importer.onnx.folding import FOLDED, folded
from compiler.importer.onnx.join import JOINS
from compiler.importer.onnx.matmul import PRODUCTS
from compiler.importer.onnx.movement import MOVEMENTS
from compiler.importer.onnx.norm import NORMALIZATIONS
from compiler.importer.onnx.operator import Operator
from compiler.importer.onnx.pool import POOLINGS
from compiler.importer.onnx.quantize import QUANTIZATION
from compiler.importer.onnx.requant_shift import KIND, REQUANT_SHIFTS, whole
from compiler.importer.onnx.softmax import SOFTMAX
from compiler.importer.onnx.values import Constant, Pending, Value
from compiler.importer.onnx.view import MAX_ELEMENTS
from compiler.importer.simplify import simplified
from compiler.problem import Problem, ProblemsError, UnsupportedError

#: Failures of NumPy and onnx on attributes and shapes that no check foresees.
_FAILURES = (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError)
#: Begin of their messages, by which tests find them.
UNFORESEEN = "it cannot be read"

Reader = Callable[[Builder, Operator], list[Value]]
_OPERATORS: dict[str, Reader] = {
    **QUANTIZATION,
    **CONVOLUTIONS,
    **PRODUCTS,
    **ELEMENTWISE,
    **POOLINGS,
    **JOINS,
    **NORMALIZATIONS,
    **REQUANT_SHIFTS,
    **SOFTMAX,
    **MOVEMENTS,
}
#: Operators of other forms of quantized models.
_INTEGER = ("ConvInteger", "MatMulInteger", "QGemm")
#: Operators without at least one of which a model is not quantized.
_QUANTIZED = {
    *("DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "QuantizeLinear", KIND),
}


def read_onnx(path: Path) -> Graph:
    """The graph of an ONNX model with QuantizeLinear and DequantizeLinear.

    Raises
    ------
    ProblemsError
        When operators or tensors are not supported: all of them at once.
    UserError
        When the file cannot be read or is damaged.
    """
    model = read_file(path)
    if not any(node.op_type in _QUANTIZED for node in model.graph.node):
        what = "its operators compute in floating point, and no node quantizes or dequantizes a tensor"
        raise ProblemsError(
            str(path), [Problem(node=path.stem, operator="model", what=what, advice=QUANTIZE)]
        )
    importer = _Importer(path, model)
    importer.read()
    return importer.graph()


class _KnownError(UnsupportedError):
    """An operator reads a value behind a problem, which is reported already."""


class _Importer:
    """Values and problems of one file; a value is None behind a problem."""

    def __init__(self, path: Path, model: onnx.ModelProto) -> None:
        self._path = path
        self._graph = model.graph
        self._version = operator_set(path, model)
        self._builder = Builder()
        self._problems: list[Problem] = []
        self._values: dict[str, Value | None] = {}
        self._input: Input | None = None

    def read(self) -> None:
        """Read constants, the input, and all operators in their order."""
        graph = self._graph
        if len(graph.sparse_initializer):
            self._problem("model", "model", "it has sparse constants", "store them as ordinary ones")
        whole_numbers = any(node.op_type == KIND for node in graph.node)
        for tensor in graph.initializer:
            try:
                array = constant(tensor, self._path.parent)
                self._values[tensor.name] = whole(array) if whole_numbers else Constant(array=array)
            except UserError as error:
                self._values[tensor.name] = None
                self._problem(tensor.name, "constant", str(error), "")
        self._begin([value for value in graph.input if value.name not in self._values])
        for number, node in enumerate(graph.node):
            self._add(number, node)

    def _begin(self, inputs: list[onnx.ValueInfoProto]) -> None:
        for value in inputs:
            self._values[value.name] = None
        if len(inputs) != 1:
            self._problem("input", "model", f"there are {len(inputs)} inputs", "export it with one input")
            return
        try:
            self._input = Input(inputs[0], readers(self._graph))
            self._values[inputs[0].name] = self._input.value()
        except UnsupportedError as error:
            self._problem(inputs[0].name, "input", error.what, error.advice)

    def _problem(self, node: str, operator: str, what: str, advice: str) -> None:
        self._problems.append(Problem(node=node, operator=operator, what=what, advice=advice))

    def _add(self, number: int, node: onnx.NodeProto) -> None:
        """Read an operator, or append its problem."""
        name = node.name or (node.output[0] if node.output else "") or f"operator {number}"
        outputs = list(node.output)
        found: list[Value] | None = None
        try:
            found = self._read(name, node)
            for output, value in zip(outputs, found, strict=False):
                empty = 0 in value.shape and not isinstance(value, Constant)
                if empty or math.prod(value.shape) > MAX_ELEMENTS:
                    raise UnsupportedError(
                        f"its output {output!r} has the shape {list(value.shape)}",
                        f"use 1 to {MAX_ELEMENTS:,} elements",
                    )
        except _FAILURES as error:
            found = None
            what = f"{UNFORESEEN} ({type(error).__name__}: {error})"
            self._problem(name, node.op_type, what, "export the model again")
        except UnsupportedError as error:
            found = None
            if not isinstance(error, _KnownError):
                self._problem(name, node.op_type, error.what, error.advice)
        for place, output in enumerate(outputs):
            if output in self._values and output:
                self._problem(
                    name,
                    node.op_type,
                    f"it writes {output!r}, which was written before",
                    "export the model again, with each value written once",
                )
            self._values[output] = found[place] if found and place < len(found) else None

    def _read(self, name: str, node: onnx.NodeProto) -> list[Value]:
        inputs: list[Value | None] = []
        for read in node.input:
            if read and read not in self._values:
                raise UnsupportedError(
                    f"it reads {read!r}, which no operator before it writes",
                    "export the model again, with operators in the order of their inputs",
                )
            inputs.append(self._values[read] if read else None)
        foreign = node.domain not in DOMAINS and node.op_type != KIND
        if foreign or any(attribute.HasField("g") for attribute in node.attribute):
            known = ", ".join(repr(domain) for domain in DOMAINS)
            raise UnsupportedError(
                f"its domain is {node.domain!r}, or it has a graph inside",
                f"use operators of the domains {known}",
            )
        if node.op_type == "DynamicQuantizeLinear":
            raise UnsupportedError("it finds a scale for each input", f"use fixed scales: {QUANTIZE}")
        if node.op_type in _INTEGER or node.op_type.startswith("QLinear"):
            raise UnsupportedError("it computes with codes (the form QOperator)", QUANTIZE)
        broken = any(read and value is None for read, value in zip(node.input, inputs, strict=True))
        constants = not broken and all(value is None or isinstance(value, Constant) for value in inputs)
        known = node.op_type in _OPERATORS or (broken and node.op_type in FOLDED)
        if not known and not constants:
            raise UnsupportedError("the operator is not supported", nearest(node.op_type))
        if broken:
            raise _KnownError("its input has a problem")
        operator = Operator(
            node=node,
            name=name,
            version=self._version,
            attributes={a.name: onnx.helper.get_attribute_value(a) for a in node.attribute},
            inputs=tuple(inputs),
        )
        codes = any(isinstance(value, Constant) and value.scales is not None for value in inputs)
        keeps = node.op_type == "DequantizeLinear" or (codes and node.op_type in MOVEMENTS)
        if constants and not keeps:
            return folded(operator)
        return _OPERATORS[node.op_type](self._builder, operator)

    def graph(self) -> Graph:
        """The graph of what was read; ``ProblemsError`` with all problems."""
        output = self._end()
        if self._problems:
            raise ProblemsError(str(self._path), self._problems)
        assert output is not None
        assert self._input is not None
        first = self._input.tensor
        if first is None:
            self._problem("input", "model", "nothing quantizes the input", QUANTIZE)
            raise ProblemsError(str(self._path), self._problems)
        return simplified(
            Graph(name=self._path.stem, nodes=tuple(self._builder.nodes), input=first, output=output)
        )

    def _end(self) -> Tensor | None:
        """The tensor of the model's output."""
        names = [value.name for value in self._graph.output]
        if len(names) != 1:
            self._problem("output", "model", f"there are {len(names)} outputs", "export it with one output")
            return None
        if names[0] not in self._values:
            self._problem(names[0], "model", "no operator writes this output", "export the model again")
            return None
        value = self._values[names[0]]
        try:
            return None if value is None else self._output(value)
        except UnsupportedError as error:
            self._problem(names[0], "output", error.what, error.advice)
            return None

    def _output(self, value: Value) -> Tensor:
        if isinstance(value, Constant):
            raise UnsupportedError("it is a constant", "export a model with an operator")
        if isinstance(value, Pending) and value.natural is None:
            raise self._builder.unquantized(value, "it")
        view = self._builder.covered(value)
        order = view.order()
        batch = 0 if view.shape and view.shape[0] == 1 else None
        kept = tuple(view.shape[axis] for axis in order if axis != batch) or (1,)
        return self._builder.laid_out(view, lambda places: places.transpose(order), kept)
