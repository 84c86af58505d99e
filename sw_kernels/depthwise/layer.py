"""Depthwise convolutions made ready for a kernel."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reference.depthwise import depthwise
from sw_kernels.depthwise.geometry import DepthwiseGeometry
from sw_kernels.window import WindowLayer


@dataclass(frozen=True, eq=False, kw_only=True)
class DepthwiseLayer(WindowLayer):
    """A depthwise convolution; parameters and errors as ``WindowLayer``."""

    geometry: DepthwiseGeometry

    def golden(self) -> np.ndarray:
        return depthwise(self.inputs, self.weights, self.bias, self.requantization, self.window)

    @cached_property
    def rows(self) -> np.ndarray:
        """Weights as they are stored: column by column, each filled up to words of four rows."""
        g = self.geometry
        columns = np.pad(self.weights.transpose(0, 2, 1), ((0, 0), (0, 0), (0, 4 * g.words - g.FY)))
        return columns.reshape(g.C, -1)

    @cached_property
    def constants(self) -> dict[str, bytes]:
        return {name: content for name, content in super().constants.items() if name != "indices"}

    @property
    def buffers(self) -> dict[str, int]:
        return {"buffer": 16 * self.geometry.columns * self.geometry.words + 16}

    @property
    def scalars(self) -> dict[str, int]:
        g = self.geometry
        scalars = super().scalars | {"dy": g.DY, "row": self.rows.shape[1]}
        del scalars["k"]
        return scalars | {"words": g.words, "columns": g.columns, "group": g.group}

    @property
    def arguments(self) -> tuple[str, ...]:
        g = self.geometry
        return "buffer", "0", str(g.units(g.OY, g.C)), "1"
