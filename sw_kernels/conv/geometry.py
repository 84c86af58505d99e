"""Shapes of convolutions."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from common.errors import UserError
from reference.reorder import band_rows
from sw_kernels.geometry import IMPLIED, MAX_SHORT
from sw_kernels.packing.bands import Bands
from sw_kernels.window import WindowGeometry


@dataclass(frozen=True, kw_only=True)
class ConvGeometry(WindowGeometry):
    """A convolution: C channels in, K out, in G groups; else as ``WindowGeometry``.

    Raises
    ------
    UserError
        As ``WindowGeometry``; also when the channels cannot be divided into the groups.
    """

    _implied: ClassVar = {**WindowGeometry._implied, "G": 1}
    _short: ClassVar = (*WindowGeometry._short, "G")

    G: int = IMPLIED

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.C % self.G or self.K % self.G:
            raise UserError(
                f"geometry {self}: C={self.C} and K={self.K} must be multiples of the number of groups, "
                f"{self.G}"
            )
        if self.G > 1 and self.C // self.G > MAX_SHORT:
            raise UserError(
                f"geometry {self}: a group must have at most {MAX_SHORT} channels, not {self.C // self.G}"
            )

    @property
    def reduction(self) -> int:
        return self.FY * self.FX * self.C // self.G

    @property
    def weight_shape(self) -> tuple[int, ...]:
        return self.K, self.FY, self.FX, self.C // self.G

    @property
    def band_rows(self) -> int:
        """Output rows of each of four bands; the last may have fewer in the image, or none."""
        return band_rows(self.OY)

    @property
    def input_bands(self) -> Bands:
        """Division of the input: rows that the output rows of a band see, padding among them."""
        return Bands(
            rows=(self.band_rows - 1) * self.SY + self.span_y,
            band_step=self.band_rows * self.SY,
            top=self.PY,
            left=self.PX,
            right=self.PR,
        )

    @property
    def band(self) -> Self:
        """The convolution of one band, whose padding is part of its image."""
        columns = self.PX + self.IX + self.PR
        return replace(self, IX=columns, IY=self.input_bands.rows, PX=0, PY=0, PR=0, PB=0)

    @property
    def runs(self) -> int:
        """Parts of the reduction that are contiguous in a banded input.

        They are filter rows, or positions of a filter that is dilated or sees one of several groups.
        """
        return self.FY if (self.DX == 1 and self.G == 1) or self.FX == 1 else self.FY * self.FX
