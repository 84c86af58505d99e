"""Fully-connected layers made ready for a kernel."""

from dataclasses import dataclass

import numpy as np

from reference.linear import linear
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.weighted import WeightedLayer


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearLayer(WeightedLayer):
    """A fully-connected layer; parameters and errors as ``WeightedLayer``."""

    geometry: LinearGeometry

    def golden(self) -> np.ndarray:
        return linear(self.inputs, self.weights, self.bias, self.requantization)

    @property
    def seen(self) -> LinearGeometry:
        seen = super().seen
        assert isinstance(seen, LinearGeometry)
        return seen

    @property
    def scalars(self) -> dict[str, int]:
        return super().scalars | {"tokens": self.seen.T, "row": self.rows.shape[1]}

    @property
    def arguments(self) -> tuple[str, ...]:
        return "0", "layer.k"
