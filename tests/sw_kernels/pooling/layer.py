"""Max-poolings made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from tests.sw_kernels.pooling.geometry import PoolingGeometry


@dataclass(frozen=True, eq=False, kw_only=True)
class PoolingLayer(Layer):
    """A max-pooling."""

    geometry: PoolingGeometry

    @classmethod
    def random(cls, geometry: PoolingGeometry, kernel: Kernel, seed: int) -> Self:
        inputs = np.random.default_rng(seed).integers(-128, 128, geometry.input_shape).astype(np.int8)
        return cls(geometry=geometry, kernel=kernel, inputs=inputs)

    def golden(self) -> np.ndarray:
        g = self.geometry
        windows = sliding_window_view(self.inputs, (g.FY, g.FX), axis=(0, 1))
        return windows[:: g.SY, :: g.SX].max(axis=(3, 4))

    @property
    def arithmetic(self) -> dict[str, str]:
        return {}

    @property
    def constants(self) -> dict[str, bytes]:
        return {}

    @property
    def scalars(self) -> dict[str, int]:
        names = ("C", "IX", "OX", "OY", "FX", "FY", "SX", "SY")
        return {name.lower(): getattr(self.geometry, name) for name in names}

    @property
    def arguments(self) -> tuple[str, ...]:
        return "0", "layer.oy"
