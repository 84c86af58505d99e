"""Shapes of poolings."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from common.errors import UserError
from reference.pool import Pooling
from sw_kernels.geometry import Geometry


@dataclass(frozen=True, kw_only=True)
class PoolGeometry(Geometry):
    """A pooling of C channels of IX by IY: windows of FX by FY, stride SX, SY.

    PX columns of padding are on the left and PR on the right, PY rows above and PB below.

    Raises
    ------
    UserError
        When a dimension is no positive integer, a window is larger than the padded input, or a padding is as
        large as the window: such a window would have no position.
    """

    _minimum: ClassVar = {"PX": 0, "PY": 0, "PR": 0, "PB": 0}

    C: int
    IX: int
    IY: int
    FX: int
    FY: int
    SX: int = 1
    SY: int = 1
    PX: int = 0
    PY: int = 0
    PR: int = 0
    PB: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for axis, end in ("X", "PR"), ("Y", "PB"):
            names = f"I{axis}", f"P{axis}", end, f"F{axis}"
            size, before, after, window = (getattr(self, name) for name in names)
            if max(before, after) >= window or window > size + before + after:
                raise UserError(
                    f"geometry {self}: the window F{axis}={window} must be larger than the paddings P{axis} "
                    f"and {end}, and at most I{axis} + P{axis} + {end} = {size + before + after}"
                )

    @property
    def OX(self) -> int:  # noqa: N802, the field's own name
        """Output columns."""
        return (self.IX + self.PX + self.PR - self.FX) // self.SX + 1

    @property
    def OY(self) -> int:  # noqa: N802
        """Output rows."""
        return (self.IY + self.PY + self.PB - self.FY) // self.SY + 1

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.IY, self.IX, self.C

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.OY, self.OX, self.C

    @property
    def counts(self) -> np.ndarray:
        """Positions of each window inside the image, shape (OY, OX)."""
        return self.pooling.counts((self.IY, self.IX))

    @property
    def groups(self) -> int:
        """Groups of four channels, the last of which may be smaller."""
        return -(-self.C // 4)

    @property
    def pooling(self) -> Pooling:
        """The same in the terms of the golden models."""
        return Pooling(
            window_yx=(self.FY, self.FX),
            stride_yx=(self.SY, self.SX),
            padding=(self.PY, self.PX, self.PB, self.PR),
        )
