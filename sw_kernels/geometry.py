"""Shapes of layers, checked on construction, and the paper's names for their dimensions."""

import re
from dataclasses import dataclass, fields
from typing import ClassVar, Self

from common.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Dimensions of a layer, every one an integer named as on the command line."""

    #: Smallest value of a dimension, 1 unless it is here.
    _minimum: ClassVar = {"PX": 0, "PY": 0}
    #: Short names that set two dimensions: S=1 is SX=1,SY=1.
    _both: ClassVar = {"S": ("SX", "SY"), "P": ("PX", "PY"), "F": ("FX", "FY"), "I": ("IX", "IY")}

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            least = self._minimum.get(field.name, 1)
            if not isinstance(value, int) or value < least:
                raise UserError(
                    f"geometry {self}: {field.name} must be an integer of at least {least}, not {value}"
                )

    def __str__(self) -> str:
        return ",".join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))

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
                    f"geometry {text!r}: {part!r} must be NAME=INTEGER with NAME among {_known(cls)}"
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
class ConvGeometry(Geometry):
    """A convolution: C channels of IX by IY in, K out; filter FX by FY, stride SX, SY, zero padding PX, PY.

    Raises
    ------
    UserError
        When a dimension is no positive integer or the kernel is larger than the padded input.
    """

    C: int
    K: int
    IX: int
    IY: int
    FX: int
    FY: int
    SX: int = 1
    SY: int = 1
    PX: int = 0
    PY: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for axis in "XY":
            size, padding, kernel = (getattr(self, letter + axis) for letter in "IPF")
            if kernel > size + 2 * padding:
                raise UserError(
                    f"geometry {self}: kernel F{axis}={kernel} is larger than the padded input "
                    f"I{axis} + 2 * P{axis} = {size + 2 * padding}; enlarge the input or the padding"
                )

    @property
    def OX(self) -> int:  # noqa: N802, the field's own name
        """Output columns."""
        return (self.IX + 2 * self.PX - self.FX) // self.SX + 1

    @property
    def OY(self) -> int:  # noqa: N802
        """Output rows."""
        return (self.IY + 2 * self.PY - self.FY) // self.SY + 1

    @property
    def reduction(self) -> int:
        """Weights per output channel."""
        return self.FY * self.FX * self.C

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.IY, self.IX, self.C

    @property
    def weight_shape(self) -> tuple[int, ...]:
        return self.K, self.FY, self.FX, self.C

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.OY, self.OX, self.K

    @property
    def macs(self) -> int:
        """Multiply-accumulates of the dense layer."""
        return self.OY * self.OX * self.K * self.reduction


@dataclass(frozen=True, kw_only=True)
class LinearGeometry(Geometry):
    """A fully-connected layer: C in, K out, for each of T tokens."""

    C: int
    K: int
    T: int = 1

    @property
    def reduction(self) -> int:
        """Weights per output channel."""
        return self.C

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.T, self.C

    @property
    def weight_shape(self) -> tuple[int, ...]:
        return self.K, self.C

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.T, self.K

    @property
    def macs(self) -> int:
        """Multiply-accumulates of the dense layer."""
        return self.T * self.K * self.C
