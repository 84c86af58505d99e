"""Shapes of fully-connected layers."""

from dataclasses import dataclass, replace
from typing import Self

from reference.reorder import band_rows
from sw_kernels.geometry import WeightedGeometry
from sw_kernels.packing.bands import Bands


@dataclass(frozen=True, kw_only=True)
class LinearGeometry(WeightedGeometry):
    """A fully-connected layer: C in, K out, for each of T tokens."""

    T: int = 1

    @property
    def reduction(self) -> int:
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
    def input_bands(self) -> Bands:
        """Division of the tokens: those of an image of one column, as a 1x1 convolution has them."""
        rows = band_rows(self.T)
        return Bands(rows=rows, band_step=rows)

    @property
    def band(self) -> Self:
        """The layer of the tokens in one byte of all words."""
        return replace(self, T=band_rows(self.T))

    @property
    def runs(self) -> int:
        """Parts of the reduction that are contiguous in the input."""
        return 1
