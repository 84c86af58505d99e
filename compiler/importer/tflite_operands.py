"""Operands and attributes of TFLite operators, checked."""

from typing import Any, Protocol, TypeVar

from compiler.graph import Tensor
from compiler.importer.tflite_file import FileOperator, FileTensor
from compiler.problem import UnsupportedError

Options = TypeVar("Options")


class Tensors(Protocol):
    """The activations of a model as its operators are read."""

    def tensor(self, found: FileTensor | None, role: str) -> Tensor:
        """An int8 activation with its scale, or a constant in the place of one."""
        ...

    def ends(self, operator: FileOperator, inputs: int = 1) -> dict[str, Any]:
        """Name, inputs and output of a node."""
        ...


def options_of(operator: FileOperator, kind: type[Options]) -> Options:
    """The attributes of an operator, as the class of its kind reads them."""
    table: Any = operator.options
    if table is None:
        raise UnsupportedError("it has no attributes", "export the model again")
    options: Any = kind()
    options.Init(table.Bytes, table.Pos)
    return options


def constant(operator: FileOperator, position: int, dtype: str, role: str) -> FileTensor:
    """A constant input of this type."""
    found = operator.inputs[position] if position < len(operator.inputs) else None
    if found is None or found.data is None:
        raise UnsupportedError(f"its {role} are not constant", f"make them constants of type {dtype}")
    if found.dtype != dtype:
        raise UnsupportedError(f"its {role} are {found.dtype}", f"quantize them to {dtype}")
    return found


def integers(operator: FileOperator, position: int, role: str) -> list[int]:
    """The values of a constant int32 input, at least one."""
    data = constant(operator, position, "int32", role).data
    assert data is not None
    if not data.size:
        raise UnsupportedError(f"its {role} are empty", "export the model again")
    return [int(value) for value in data.ravel()]
