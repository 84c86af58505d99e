"""Shapes of poolings."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.pool import counts
from reference.reorder import band_rows
from sw_kernels.packing.bands import Bands
from sw_kernels.window import ImageGeometry


@dataclass(frozen=True, kw_only=True)
class PoolGeometry(ImageGeometry):
    """A pooling of C channels; else as ``ImageGeometry``.

    Raises
    ------
    UserError
        Also when a padding is as large as the window: such a window would have no position.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        for axis, end in ("X", "PR"), ("Y", "PB"):
            window, before, after = (getattr(self, name) for name in (f"F{axis}", f"P{axis}", end))
            if max(before, after) >= window:
                raise UserError(
                    f"geometry {self}: the window F{axis}={window} must be larger than the paddings P{axis} "
                    f"and {end}; enlarge the window or reduce the padding"
                )

    @property
    def counts(self) -> np.ndarray:
        """Positions of each window inside the image, shape (OY, OX)."""
        return counts((self.IY, self.IX), self.size_yx, self.window)

    @property
    def size_yx(self) -> tuple[int, int]:
        """Rows and columns of a window."""
        return self.FY, self.FX

    @property
    def groups(self) -> int:
        """Groups of four channels, the last of which may be smaller."""
        return -(-self.C // 4)

    @property
    def whole(self) -> bool:
        """True if one window covers the image."""
        return (self.FX, self.FY) == (self.IX, self.IY) and not any((self.PX, self.PY, self.PR, self.PB))

    @property
    def input_bands(self) -> Bands:
        """Division of an image that one window covers: its own rows alone."""
        rows = band_rows(self.IY)
        return Bands(rows=rows, band_step=rows)
