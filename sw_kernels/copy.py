"""Layers that move elements and compute nothing."""

from __future__ import annotations

from typing import Self

import numpy as np

from sw_kernels.flat import random_codes
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.layer import Layer


class CopyLayer(Layer):
    """A layer without arithmetic and constants."""

    @classmethod
    def random(cls, geometry: Geometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes."""
        rng = np.random.default_rng(seed)
        return cls(geometry=geometry, kernel=kernel, inputs=random_codes(rng, geometry.input_shape))

    @property
    def arithmetic(self) -> Arithmetic:
        return {}

    @property
    def constants(self) -> dict[str, bytes]:
        return {}
