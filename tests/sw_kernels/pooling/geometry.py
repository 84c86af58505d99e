"""Shapes of max-poolings."""

from dataclasses import dataclass

from sw_kernels.geometry import Geometry


@dataclass(frozen=True, kw_only=True)
class PoolingGeometry(Geometry):
    """A max-pooling of C channels of IX by IY: windows of FX by FY, stride SX, SY, no padding."""

    C: int
    IX: int
    IY: int
    FX: int
    FY: int
    SX: int = 1
    SY: int = 1

    @property
    def OX(self) -> int:  # noqa: N802, the field's own name
        """Output columns."""
        return (self.IX - self.FX) // self.SX + 1

    @property
    def OY(self) -> int:  # noqa: N802
        """Output rows."""
        return (self.IY - self.FY) // self.SY + 1

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.IY, self.IX, self.C

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.OY, self.OX, self.C
