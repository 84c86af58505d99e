"""Shapes of depthwise convolutions."""

from dataclasses import dataclass
from typing import ClassVar

from common.errors import UserError
from sw_kernels.geometry import IMPLIED
from sw_kernels.window import WindowGeometry


@dataclass(frozen=True, kw_only=True)
class DepthwiseGeometry(WindowGeometry):
    """A depthwise convolution: C channels in and out, a filter for each; else as ``WindowGeometry``."""

    _implied: ClassVar = {"K": "C", **WindowGeometry._implied}

    K: int = IMPLIED

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.K != self.C:
            raise UserError(
                f"geometry {self}: K must be C of a depthwise convolution, {self.C}, not {self.K}; "
                "repeat the channels of the input"
            )

    @property
    def reduction(self) -> int:
        return self.FY * self.FX

    @property
    def weight_shape(self) -> tuple[int, ...]:
        return self.C, self.FY, self.FX

    @property
    def words(self) -> int:
        """Words of four rows that a column of the filter has."""
        return -(-self.FY // 4)

    @property
    def columns(self) -> int:
        """Columns of the padded input that a row of the output sees."""
        return (self.OX - 1) * self.SX + self.span_x

    @property
    def group(self) -> int:
        """Output rows that a kernel computes together."""
        return 2 if self.FX == 3 and self.FY <= 3 and self.SX == self.SY == self.DX == self.DY == 1 else 1

    def units(self, rows: int, channels: int) -> int:
        """Units of work in a number of output rows and channels: a group of rows of four channels each."""
        return -(-rows // self.group) * -(-channels // 4)
