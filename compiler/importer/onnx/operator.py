"""An operator of a model with its attributes and the values that it reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx

from compiler.importer.onnx.values import Codes, Constant, Pending, Reals, Value
from compiler.problem import UnsupportedError


@dataclass(frozen=True, kw_only=True, eq=False)
class Operator:
    """An operator as the reader sees it.

    Parameters
    ----------
    node : NodeProto
    name : str
    version : int
        Of the operator set.
    attributes : dict
    inputs : tuple of Value or None
        None where an optional input is left out.
    """

    node: onnx.NodeProto
    name: str
    version: int
    attributes: dict[str, Any]
    inputs: tuple[Value | None, ...]

    @property
    def kind(self) -> str:
        """Operator as ONNX calls it."""
        return self.node.op_type

    def has(self, position: int) -> bool:
        """True if the input is given."""
        return position < len(self.inputs) and self.inputs[position] is not None

    def value(self, position: int) -> Value:
        """An input that must be given."""
        found = self.inputs[position] if position < len(self.inputs) else None
        if found is None:
            raise UnsupportedError(f"its input {position} is missing", "export the model again")
        return found

    def activation(self, position: int = 0) -> Codes | Reals | Pending:
        """An input that is no constant."""
        found = self.value(position)
        if isinstance(found, Constant):
            raise UnsupportedError(f"its input {position} is a constant", "export the model again")
        return found

    def constant(self, position: int, role: str) -> np.ndarray | None:
        """Elements of a constant input; None when it is left out."""
        if not self.has(position):
            return None
        found = self.inputs[position]
        if not isinstance(found, Constant):
            raise UnsupportedError(f"its {role} is not constant", "export it as a constant")
        return found.real

    def integer(self, name: str, default: int) -> int:
        """An attribute that is an integer."""
        return self._attribute(name, default, int)

    def number(self, name: str, default: float) -> float:
        """An attribute that is a number."""
        return float(self._attribute(name, default, (int, float)))

    def text(self, name: str, default: str) -> str:
        """An attribute that is a string."""
        found = self._attribute(name, default, (str, bytes))
        return found.decode(errors="replace") if isinstance(found, bytes) else found

    def integers(self, name: str, default: Sequence[int] | None = None) -> tuple[int, ...] | None:
        """An attribute that is a list of integers."""
        found = self._attribute(name, default, (list, tuple, type(None)))
        if found is not None and not all(isinstance(value, int) for value in found):
            raise UnsupportedError(f"its attribute {name} is {found}", "give integers")
        return None if found is None else tuple(found)

    def integers_or_input(self, name: str, position: int) -> tuple[int, ...] | None:
        """Integers of an attribute in old operator sets, and of a constant input in new ones."""
        if name in self.attributes:
            return self.integers(name)
        found = self.constant(position, name)
        if found is None:
            return None
        if not np.issubdtype(found.dtype, np.integer) or found.size > 64:
            raise UnsupportedError(
                f"its {name} is {found.dtype} of shape {list(found.shape)}", "give integers"
            )
        return tuple(found.ravel().tolist())

    def _attribute(self, name: str, default: Any, kinds: Any) -> Any:
        found = self.attributes.get(name, default)
        if not isinstance(found, kinds):
            raise UnsupportedError(
                f"its attribute {name} has the type {type(found).__name__}", "export the model again"
            )
        return found


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from the front; ``UnsupportedError`` when there is none."""
    if not -rank <= axis < rank:
        raise UnsupportedError(f"its axis {axis} is not among {rank} axes", "export the model again")
    return axis % rank
