"""Convolutions made ready for a kernel."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.conv import conv
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.kernel import Arithmetic
from sw_kernels.window import WindowLayer


@dataclass(frozen=True, eq=False, kw_only=True)
class ConvLayer(WindowLayer):
    """A convolution; parameters and errors as ``WindowLayer``.

    A kernel of depthwise convolutions refuses all but filters of 3x3, without dilation, for each channel.
    """

    geometry: ConvGeometry

    def __post_init__(self) -> None:
        g = self.geometry
        if self.kernel.depthwise and ((g.K, g.G) != (g.C, g.C) or (g.FX, g.FY, g.DX, g.DY) != (3, 3, 1, 1)):
            raise UserError(
                f"{self.kernel} of {g}: the kernel computes one filter of 3x3 without dilation for each "
                "channel; use a kernel of hwc activations"
            )
        super().__post_init__()

    def golden(self) -> np.ndarray:
        return conv(self.inputs, self.weights, self.bias, self.requantization, self.window, self.geometry.G)

    @property
    def arithmetic(self) -> Arithmetic:
        """Macros of all layers, and ``WINDOW`` if im2col must be another (im2col.h)."""
        g = self.geometry
        if g.G > 1 and not self.kernel.depthwise:
            return {**super().arithmetic, "WINDOW": "grouped"}
        if not self.kernel.buffers:  # no im2col
            return super().arithmetic
        plain = (g.PR, g.PB, g.DX, g.DY, self.pad_value) == (g.PX, g.PY, 1, 1, 0)
        return {**super().arithmetic, **({} if plain else {"WINDOW": "general"})}

    @property
    def is_direct(self) -> bool:
        """True if the kernel reads patches where they lie in the input (pixels.h)."""
        g = self.geometry
        whole = g.FX == g.FY == 1 and not any((g.PX, g.PY, g.PR, g.PB))
        return whole and (g.C % 4 == 0 or "xdecimate" in self.kernel.needs)

    @property
    def runs(self) -> int:
        return 1 if self.kernel.depthwise else super().runs

    @property
    def buffers(self) -> dict[str, int]:
        if not self.kernel.buffers:  # struct conv_runs is there
            return {"im2col": 8 + 4 * self.runs}
        return {"im2col": self.kernel.buffers * self.patch + self.overread}

    @property
    def scalars(self) -> dict[str, int]:
        g = self.geometry
        groups = {"groups": g.G, "group_c": g.C // g.G if g.G > 1 else 0}
        return super().scalars | {"row": self.rows.shape[1], "patch": self.patch} | groups

    @property
    def arguments(self) -> tuple[str, ...]:
        if self.geometry.G > 1 and not self.kernel.depthwise:
            raise UserError(
                f"{self}: a program for one core computes one group of channels, not {self.geometry.G}; "
                "measure it on a cluster, which may have one core: --cores 1"
            )
        return "im2col", "0", "layer.ox * layer.oy"
