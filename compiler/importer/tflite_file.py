"""A TFLite file as its tensors and operators, checked where a damaged file could mislead a reader."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tflite

from common.errors import UserError

#: Largest file that is read, 1 GiB.
MAX_BYTES = 1 << 30
#: Elements of a tensor, so that sizes fit 31 bits.
MAX_ELEMENTS = 1 << 31
_TYPES = {value: name.lower() for name, value in vars(tflite.TensorType).items() if isinstance(value, int)}
_OPERATORS = {value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)}
#: Errors of flatbuffers' readers on invalid bytes.
_DAMAGE = (struct.error, IndexError, ValueError, TypeError, OverflowError, AttributeError, RecursionError)


@dataclass(frozen=True, kw_only=True, eq=False)
class FileTensor:
    """A tensor as the file has it.

    Parameters
    ----------
    index : int
        Number in the file.
    name : str
    shape : tuple of int
        With the batch in front.
    dtype : str
        ``int8``, ``int32``, ``float32``, ...
    scales : ndarray of float64
        One, or one for each channel of ``axis``; empty when it is not quantized.
    zeros : ndarray of int64
    axis : int
    data : ndarray or None
        Content of a constant of type int8, int32 or uint8.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    scales: np.ndarray
    zeros: np.ndarray
    axis: int
    data: np.ndarray | None


@dataclass(frozen=True, kw_only=True, eq=False)
class FileOperator:
    """An operator as the file has it.

    Parameters
    ----------
    name : str
        Of its first output.
    kind : str
        As TFLite calls it: ``CONV_2D``.
    options
        The table of its attributes, positioned; None when it has none.
    inputs, outputs : tuple of FileTensor or None
        None where an optional input is left out.
    """

    name: str
    kind: str
    options: Any
    inputs: tuple[FileTensor | None, ...]
    outputs: tuple[FileTensor, ...]


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn the failures of flatbuffers' readers into one ``UserError``."""
    try:
        yield
    except _DAMAGE as error:
        raise UserError(
            f"{path} is damaged or not a TFLite file ({type(error).__name__}: {error}); "
            "export the model again, as ONNX or TFLite"
        ) from error


@dataclass(frozen=True, kw_only=True, eq=False)
class TfliteFile:
    """The content of a file with one subgraph."""

    name: str
    operators: tuple[FileOperator, ...]
    inputs: tuple[FileTensor, ...]
    outputs: tuple[FileTensor, ...]


def read_file(path: Path) -> TfliteFile:
    """Read a TFLite file.

    Raises ``UserError`` when it cannot be read, is damaged, or has several subgraphs.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(
                f"{path} has {path.stat().st_size:,} bytes, but at most {MAX_BYTES:,} are read; "
                "give a smaller model"
            )
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}; give a file that can be read") from error
    if content[4:8] != b"TFL3":
        raise UserError(
            f"{path} is not a TFLite file, because it lacks the identifier TFL3; "
            "export the model again, as ONNX or TFLite"
        )
    with reading(path):
        model: Any = tflite.Model.GetRootAsModel(content, 0)
        if model.SubgraphsLength() != 1:
            raise UserError(f"{path} has {model.SubgraphsLength()} subgraphs; export it with one")
        return _Reader(model, len(content)).file(path.stem)


class _Reader:
    def __init__(self, model: Any, size: int) -> None:
        self._model = model
        self._size = size
        self._graph = model.Subgraphs(0)
        for count in (self._graph.TensorsLength(), self._graph.OperatorsLength(), model.BuffersLength()):
            if not 0 <= count <= size:
                raise ValueError(f"{count} entries in {size} bytes")
        self._tensors = [self._tensor(index) for index in range(self._graph.TensorsLength())]

    def file(self, name: str) -> TfliteFile:
        graph = self._graph
        return TfliteFile(
            name=name,
            operators=tuple(self._operator(index) for index in range(graph.OperatorsLength())),
            inputs=tuple(self._tensors_of(graph.InputsAsNumpy())),
            outputs=tuple(self._tensors_of(graph.OutputsAsNumpy())),
        )

    def _tensors_of(self, indices: np.ndarray | int) -> list[FileTensor]:
        found = self._optional(indices)
        if any(tensor is None for tensor in found):
            raise ValueError("a tensor is missing")
        return [tensor for tensor in found if tensor is not None]

    def _optional(self, indices: np.ndarray | int) -> list[FileTensor | None]:
        if isinstance(indices, int):  # flatbuffers' answer for a vector that is absent
            return []
        if any(not -1 <= index < len(self._tensors) for index in indices):
            raise ValueError("a tensor's number is out of range")
        return [None if index < 0 else self._tensors[index] for index in indices]

    def _tensor(self, index: int) -> FileTensor:
        found = self._graph.Tensors(index)
        shape = tuple(int(size) for size in found.ShapeAsNumpy()) if found.ShapeLength() else ()
        if any(size < 0 for size in shape) or int(np.prod(shape, dtype=object)) >= MAX_ELEMENTS:
            raise ValueError(f"tensor {index} has the shape {shape}")
        dtype = _TYPES.get(found.Type(), f"type {found.Type()}")
        scales, zeros, axis = np.zeros(0), np.zeros(0, np.int64), 0
        if (quantization := found.Quantization()) is not None and quantization.ScaleLength():
            scales = quantization.ScaleAsNumpy().astype(np.float64)
            axis = quantization.QuantizedDimension()
            if quantization.ZeroPointLength():
                zeros = quantization.ZeroPointAsNumpy().astype(np.int64)
            else:
                zeros = np.zeros(len(scales), np.int64)
        name = (found.Name() or f"tensor {index}".encode()).decode(errors="replace")
        data = self._data(found.Buffer(), dtype, shape)
        return FileTensor(
            index=index,
            name=name,
            shape=shape,
            dtype=dtype,
            scales=scales,
            zeros=zeros,
            axis=axis,
            data=data,
        )

    def _data(self, buffer: int, dtype: str, shape: tuple[int, ...]) -> np.ndarray | None:
        if not 0 <= buffer < self._model.BuffersLength():
            raise ValueError(f"buffer {buffer} is out of range")
        content = self._model.Buffers(buffer)
        if not content.DataLength() or dtype not in ("int8", "int32", "uint8"):
            return None
        if content.DataLength() > self._size:
            raise ValueError(f"buffer {buffer} is longer than the file")
        values = np.frombuffer(content.DataAsNumpy().tobytes(), np.dtype(dtype).newbyteorder("<"))
        if values.size != int(np.prod(shape)):
            raise ValueError(f"buffer {buffer} has {values.size} elements for the shape {shape}")
        return values.reshape(shape)

    def _operator(self, index: int) -> FileOperator:
        found = self._graph.Operators(index)
        if not 0 <= found.OpcodeIndex() < self._model.OperatorCodesLength():
            raise ValueError(f"operator {index} has an unknown code")
        code = self._model.OperatorCodes(found.OpcodeIndex())
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        outputs = self._tensors_of(found.OutputsAsNumpy())
        if not outputs:
            raise ValueError(f"operator {index} has no output")
        return FileOperator(
            name=outputs[0].name,
            kind=_OPERATORS.get(number, f"operator {number}"),
            options=found.BuiltinOptions(),
            inputs=tuple(self._optional(found.InputsAsNumpy())),
            outputs=tuple(outputs),
        )
