"""Shapes of concatenations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from common.errors import UserError
from sw_kernels.geometry import IMPLIED, Geometry

#: Most arrays that are concatenated.
PARTS = 8
_OPTIONAL = tuple(f"C{part}" for part in range(1, PARTS))


@dataclass(frozen=True, kw_only=True)
class ConcatGeometry(Geometry):
    """T rows, each of C0 bytes of the first array, C1 of the second and so on.

    Raises
    ------
    UserError
        When a dimension is no integer or too small, or an array without bytes is before one that has some.
    """

    _minimum: ClassVar = dict.fromkeys(_OPTIONAL, 0)
    _both: ClassVar = {}
    _implied: ClassVar = {**dict.fromkeys(_OPTIONAL, 0), "T": 1}

    C0: int
    C1: int = IMPLIED
    C2: int = IMPLIED
    C3: int = IMPLIED
    C4: int = IMPLIED
    C5: int = IMPLIED
    C6: int = IMPLIED
    C7: int = IMPLIED
    T: int = IMPLIED

    def __post_init__(self) -> None:
        super().__post_init__()
        lengths = [getattr(self, f"C{part}") for part in range(PARTS)]
        if any(lengths[len(self.lengths) :]):
            raise UserError(f"geometry {self}: C{len(self.lengths)} must be above 0 if one behind it is")

    @classmethod
    def of(cls, rows: int, lengths: Sequence[int]) -> Self:
        """The geometry of arrays with rows of these lengths; ``UserError`` when there are too many."""
        if len(lengths) > PARTS:
            raise UserError(f"at most {PARTS} arrays can be concatenated at once, not {len(lengths)}")
        return cls(T=rows, **{f"C{part}": length for part, length in enumerate(lengths)})

    @property
    def lengths(self) -> tuple[int, ...]:
        """Bytes of each array's rows."""
        lengths = [getattr(self, f"C{part}") for part in range(PARTS)]
        return tuple(lengths[: lengths.index(0)] if 0 in lengths else lengths)

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.T, self.C0

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.T, sum(self.lengths)
