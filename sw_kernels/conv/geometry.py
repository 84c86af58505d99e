"""Shapes of convolutions."""

from dataclasses import dataclass
from typing import ClassVar

from common.errors import UserError
from sw_kernels.geometry import IMPLIED, MAX_SHORT
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
