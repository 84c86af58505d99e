"""Shapes of products of activations."""

from dataclasses import dataclass
from typing import ClassVar

from common.errors import UserError
from sw_kernels.geometry import IMPLIED, Geometry


@dataclass(frozen=True, kw_only=True)
class MatmulGeometry(Geometry):
    """For each of H heads, T rows of a times N rows of b, each of K elements.

    The rows may lie apart, in a larger array: PA and PB are the distances of two rows, HA and HB those of two
    heads, OA and OB those of the first row from the array's start. With KN=1, b has K rows of N elements
    instead. With HI=1 the output has T rows of all heads, else T rows of each.
    """

    _minimum: ClassVar = {"H": 1, "OA": 0, "OB": 0, "KN": 0, "HI": 0, "HA": 0, "HB": 0}
    _implied: ClassVar = dict.fromkeys(("PA", "HA", "PB", "HB"), "") | {"OA": 0, "OB": 0, "KN": 0, "HI": 0}

    T: int
    K: int
    N: int
    H: int = 1
    KN: int = IMPLIED
    HI: int = IMPLIED
    PA: int = IMPLIED
    HA: int = IMPLIED
    OA: int = IMPLIED
    PB: int = IMPLIED
    HB: int = IMPLIED
    OB: int = IMPLIED

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("KN", "HI"):
            if getattr(self, name) > 1:
                raise UserError(f"geometry {self}: {name} must be 0 or 1, not {getattr(self, name)}")

    def _implied_value(self, name: str) -> int | None:
        """Distances of arrays that have nothing else in them."""
        rows, columns = self.b_shape
        distances = {"PA": self.K, "HA": self.T * (self.PA or 0), "PB": columns, "HB": rows * (self.PB or 0)}
        return distances[name] if name in distances else super()._implied_value(name)

    @property
    def b_shape(self) -> tuple[int, int]:
        """Rows and columns of a head's b as it lies in memory."""
        return (self.K, self.N) if self.KN else (self.N, self.K)

    @property
    def a_view(self) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """Offset, shape (H, T, K) and strides of a in its array."""
        return self.OA, (self.H, self.T, self.K), (self.HA, self.PA, 1)

    @property
    def b_view(self) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """Offset, shape (H, N, K) and strides of b in its array."""
        strides = (self.HB, 1, self.PB) if self.KN else (self.HB, self.PB, 1)
        return self.OB, (self.H, self.N, self.K), strides

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the array that has a, up to a's last element."""
        return (_reach(*self.a_view),)

    @property
    def second_shape(self) -> tuple[int, ...]:
        """Shape of the array that has b, up to b's last element."""
        return (_reach(*self.b_view),)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (self.T, self.H, self.N) if self.HI else (self.H, self.T, self.N)

    @property
    def macs(self) -> int:
        return self.H * self.T * self.K * self.N


def _reach(offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> int:
    return offset + sum((length - 1) * stride for length, stride in zip(shape, strides, strict=True)) + 1
