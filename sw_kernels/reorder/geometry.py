"""Shapes of conversions between rows and bands."""

from dataclasses import dataclass
from typing import ClassVar

from common.errors import UserError
from reference.reorder import BANDS, band_rows
from sw_kernels.geometry import Geometry


@dataclass(frozen=True, kw_only=True)
class ReorderGeometry(Geometry):
    """H rows of N elements, that become bands (B=1), or bands that become rows (B=0).

    Raises
    ------
    UserError
        When a dimension is no integer, too small, or B is neither.
    """

    _minimum: ClassVar = {"B": 0}
    _both: ClassVar = {}

    H: int
    N: int
    B: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.B > 1:
            raise UserError(f"geometry {self}: B must be 1 if the output is banded, else 0, not {self.B}")

    @property
    def words(self) -> int:
        """Words of the banded array."""
        return band_rows(self.H) * self.N

    @property
    def bytes(self) -> int:
        """Bytes of the rows."""
        return self.H * self.N

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self._shapes[not self.B]

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self._shapes[self.B]

    @property
    def _shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return (self.H, self.N), (band_rows(self.H), self.N, BANDS)
