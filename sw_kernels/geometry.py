"""Shapes of layers, checked on construction, and the paper's names for their dimensions."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import prod
from typing import ClassVar, Self, cast

from common.errors import UserError

#: Default of a dimension that is implied by others.
IMPLIED = cast("int", None)
MAX_SHORT = 0xFFFF


@dataclass(frozen=True, kw_only=True)
class Geometry(ABC):
    """Dimensions of a layer, every one an integer named as on the command line."""

    #: Smallest value of a dimension, 1 unless it is here.
    _minimum: ClassVar = {"PX": 0, "PY": 0, "PR": 0, "PB": 0}
    #: Short names that set two dimensions: S=1 is SX=1,SY=1.
    _both: ClassVar = {letter: (f"{letter}X", f"{letter}Y") for letter in "SPFID"}
    #: Dimensions that the C structs hold in 16 bits.
    _short: ClassVar = ("FY", "DX")
    #: Dimensions that are a number or another dimension unless given, and are written only where they differ.
    _implied: ClassVar[Mapping[str, int | str]] = {}

    def __post_init__(self) -> None:
        for name in self._implied:
            if getattr(self, name) is None:
                object.__setattr__(self, name, self._implied_value(name))
        for field in fields(self):
            value = getattr(self, field.name)
            least = self._minimum.get(field.name, 1)
            if not isinstance(value, int) or value < least:
                raise UserError(
                    f"geometry {self}: {field.name} must be an integer of at least {least}, not {value}"
                )
            if field.name in self._short and value > MAX_SHORT:
                raise UserError(f"geometry {self}: {field.name} must be at most {MAX_SHORT}, not {value}")

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the activations."""

    @property
    @abstractmethod
    def output_shape(self) -> tuple[int, ...]:
        """Shape of the result."""

    @property
    def macs(self) -> int:
        """Multiply-accumulates of the dense layer, 0 of an operator that has no weights."""
        return 0

    def _implied_value(self, name: str) -> int | None:
        value = self._implied.get(name)
        return getattr(self, value) if isinstance(value, str) else value

    def __str__(self) -> str:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return ",".join(
            f"{name}={value}" for name, value in values.items() if value != self._implied_value(name)
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """A geometry from ``C=32,K=32,...``; raises ``UserError`` naming what is wrong."""
        names = {field.name for field in fields(cls)}
        values: dict[str, int] = {}
        for part in text.split(","):
            match = re.fullmatch(r"\s*(\w+)\s*=\s*(-?\d+)\s*", part)
            targets = cls._both.get(match[1], (match[1],)) if match else ()
            if not match or not names.issuperset(targets):
                raise UserError(
                    f"geometry {text!r}: {part!r} must be NAME=INTEGER, with NAME one of {_known(cls)}"
                )
            values |= dict.fromkeys(targets, int(match[2]))
        try:
            return cls(**values)
        except TypeError as error:
            raise UserError(f"geometry {text!r}: {error}; give {_known(cls)}") from error


def _known(cls: type[Geometry]) -> str:
    names = [field.name for field in fields(cls)]
    short = [name for name, (first, _) in cls._both.items() if first in names]
    return ", ".join(names + short)


@dataclass(frozen=True, kw_only=True)
class WeightedGeometry(Geometry):
    """A layer with weights: C channels in, K out."""

    C: int
    K: int

    @property
    @abstractmethod
    def reduction(self) -> int:
        """Weights per output channel."""

    @property
    @abstractmethod
    def weight_shape(self) -> tuple[int, ...]:
        """Shape of the weights, K first and in the order of the reduction."""

    @property
    def positions(self) -> int:
        """Outputs of one channel."""
        return prod(self.output_shape) // self.K

    @property
    def macs(self) -> int:
        return self.positions * self.K * self.reduction
