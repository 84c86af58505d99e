"""Convolutions made ready for a kernel."""

from dataclasses import dataclass

import numpy as np

from reference.conv import conv
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.weighted import WeightedLayer


@dataclass(frozen=True, eq=False, kw_only=True)
class ConvLayer(WeightedLayer):
    """A convolution; parameters and errors as ``WeightedLayer``."""

    geometry: ConvGeometry

    def golden(self) -> np.ndarray:
        g = self.geometry
        operands = self.inputs, self.weights, self.bias, self.requantization
        return conv(*operands, (g.SY, g.SX), (g.PY, g.PX))

    @property
    def buffers(self) -> dict[str, int]:
        return {"im2col": self.kernel.buffers * self.patch + self.overread}

    @property
    def scalars(self) -> dict[str, int]:
        names = ("IX", "IY", "OX", "OY", "FX", "FY", "SX", "SY", "PX", "PY")
        dimensions = {name.lower(): getattr(self.geometry, name) for name in names}
        return super().scalars | dimensions | {"row": self.rows.shape[1], "patch": self.patch}

    @property
    def arguments(self) -> tuple[str, ...]:
        return "im2col", "0", "layer.ox * layer.oy"
