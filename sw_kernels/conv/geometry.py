"""Shapes of convolutions."""

from dataclasses import dataclass

from sw_kernels.window import WindowGeometry


@dataclass(frozen=True, kw_only=True)
class ConvGeometry(WindowGeometry):
    """A convolution: C channels in, K out; else as ``WindowGeometry``."""

    @property
    def reduction(self) -> int:
        return self.FY * self.FX * self.C

    @property
    def weight_shape(self) -> tuple[int, ...]:
        return self.K, self.FY, self.FX, self.C
