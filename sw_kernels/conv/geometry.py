"""Shapes of convolutions."""

from dataclasses import dataclass

from common.errors import UserError
from sw_kernels.geometry import WeightedGeometry


@dataclass(frozen=True, kw_only=True)
class ConvGeometry(WeightedGeometry):
    """A convolution: C channels of IX by IY in, K out; filter FX by FY, stride SX, SY, zero padding PX, PY.

    Raises
    ------
    UserError
        When a dimension is no positive integer or the kernel is larger than the padded input.
    """

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
