"""Shapes of fully-connected layers."""

from dataclasses import dataclass

from sw_kernels.geometry import WeightedGeometry


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
