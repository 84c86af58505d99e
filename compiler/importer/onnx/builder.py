"""Nodes of the graph as operators are read, and the order in memory that each needs."""

from collections.abc import Sequence

import numpy as np

from compiler.graph import Node, Table, Tensor
from compiler.importer.onnx.values import Codes, Constant, Pending, Reals, Value, affine, covering, quantized
from compiler.importer.onnx.view import Movement, View, significant
from compiler.movement import Reshape, Strided
from compiler.problem import UnsupportedError
from reference.quantization import Quantization
from reference.table import CODES

QUANTIZE = (
    "quantize the model with onnxruntime.quantization.quantize_static(..., quant_format=QuantFormat.QDQ)"
)


class Builder:
    """Nodes of one model."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._tables: dict[tuple[Tensor, bytes, Quantization], Tensor] = {}
        self._copies: dict[tuple[Tensor, int, tuple[int, ...], tuple[int, ...]], Tensor] = {}
        self._reshaped: dict[tuple[Tensor, tuple[int, ...], Quantization], Tensor] = {}

    def coded(self, codes: Codes) -> View:
        """The view of a tensor that holds these codes."""
        source = codes.view.tensor
        if np.array_equal(codes.entries, CODES):
            return codes.view.over(self.reshaped(source, source.shape, codes.quantization))
        key = source, codes.entries.tobytes(), codes.quantization
        if key not in self._tables:
            name = f"{source.name}/table"
            output = Tensor(name=name, shape=source.shape, quantization=codes.quantization)
            self.nodes.append(Table(name=name, inputs=(source,), output=output, entries=codes.entries))
            self._tables[key] = output
        return codes.view.over(self._tables[key])

    def reshaped(self, tensor: Tensor, shape: tuple[int, ...], quantization: Quantization) -> Tensor:
        """The same bytes in another shape, or with another meaning."""
        if (tensor.shape, tensor.quantization) == (shape, quantization):
            return tensor
        key = tensor, shape, quantization
        if key not in self._reshaped:
            output = Tensor(name=tensor.name, shape=shape, quantization=quantization)
            self.nodes.append(Reshape(name=f"{tensor.name}/reshape", inputs=(tensor,), output=output))
            self._reshaped[key] = output
        return self._reshaped[key]

    def laid_out(self, view: View, movement: Movement, shape: Sequence[int] | None = None) -> Tensor:
        """The tensor whose memory has a view's elements in the order of a movement of them.

        Parameters
        ----------
        view : View
        movement : callable
            From the value's shape to an array in the wanted order.
        shape : sequence of int, optional
            Of the tensor; by default, that of the array.
        """
        arranged = view.moved(movement)
        wanted = tuple(arranged.shape if shape is None else shape)
        tensor = view.tensor
        if not arranged.whole():
            places = arranged.places
            key = tensor, arranged.offset, places.shape, significant(places)
            if key not in self._copies:
                output = Tensor(
                    name=f"{tensor.name}/copy", shape=places.shape, quantization=tensor.quantization
                )
                self.nodes.append(
                    Strided(
                        name=output.name,
                        inputs=(tensor,),
                        output=output,
                        offset=arranged.offset,
                        strides=places.strides,
                    )
                )
                self._copies[key] = output
            tensor = self._copies[key]
        return self.reshaped(tensor, wanted, tensor.quantization)

    def copied(self, view: View) -> View:
        """The view of a tensor whose memory has the elements in the value's order."""
        tensor = self.laid_out(view, lambda places: places)
        return View.of(tensor, lambda memory: memory.reshape(view.shape))

    def moved(self, view: View, movement: Movement) -> View:
        """A movement of a view; the elements are copied where no view has that order."""
        try:
            return view.moved(movement)
        except ValueError:  # NumPy's answer when a reshape needs a copy
            return self.copied(view).moved(movement)

    def operand(self, value: Value, role: str = "its input") -> View:
        """The codes of an operand, in a tensor with their quantization."""
        if isinstance(value, Codes):
            return self.coded(value)
        if isinstance(value, Pending):
            raise self.unquantized(value, role)
        if isinstance(value, Constant):
            raise UnsupportedError(f"{role} is a constant", "export the model again")
        return self.coded(self.codes(value, role))

    def covered(self, value: Value) -> View:
        """The codes of a value that a mean reads, or that is the model's result.

        A function of codes that the file does not quantize gets the quantization that covers its 256 values,
        which is wrong by half a step at most.
        """
        if isinstance(value, Reals) and value.codes is None and affine(value.values) is None:
            quantization = covering(value.values)
            if quantization is not None:
                entries = quantized(value.values, quantization)
                return self.coded(
                    Codes(view=value.view, entries=entries, unsigned=False, quantization=quantization)
                )
        if isinstance(value, Pending) and value.natural is not None:
            view, natural = value.quantized(value.natural), value.natural
            return self.coded(Codes(view=view, entries=CODES, unsigned=False, quantization=natural))
        return self.operand(value)

    def unquantized(self, value: Pending, role: str = "its input") -> UnsupportedError:
        """The problem of an operator that reads a result before it is quantized."""
        return UnsupportedError(
            f"{role} is the result of {value.kind} {value.name!r}, which is not quantized",
            f"put QuantizeLinear and DequantizeLinear between them; {QUANTIZE}",
        )

    def codes(self, value: Reals, role: str) -> Codes:
        """The codes of real numbers that are a multiple of codes."""
        if value.codes is not None:
            return value.codes
        quantization = affine(value.values)
        if quantization is None:
            raise UnsupportedError(
                f"{role} is a function of {value.view.tensor.name!r} that is not quantized",
                f"put QuantizeLinear and DequantizeLinear before the operator; {QUANTIZE}",
            )
        return Codes(view=value.view, entries=CODES, unsigned=False, quantization=quantization)
