"""Additions made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from reference.add import Addition, add
from reference.quantization import Quantization
from sw_kernels.add.geometry import AddGeometry
from sw_kernels.flat import PairLayer, random_codes
from sw_kernels.kernel import Arithmetic, Kernel


@dataclass(frozen=True, eq=False, kw_only=True)
class AddLayer(PairLayer):
    """An addition of two tensors.

    Parameters
    ----------
    addition : Addition
        From both tensors' codes to the output's.
    """

    geometry: AddGeometry
    addition: Addition

    @classmethod
    def random(cls, geometry: AddGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes, scales and zero points, and no ReLU."""
        rng = np.random.default_rng(seed)
        first, second = (Quantization(rng.uniform(0.02, 0.1), int(rng.integers(-20, 20))) for _ in range(2))
        return cls(
            geometry=geometry,
            kernel=kernel,
            inputs=random_codes(rng, geometry.input_shape),
            second=random_codes(rng, geometry.input_shape),
            addition=Addition.of(first, second, Quantization(rng.uniform(0.05, 0.1), -5)),
        )

    def golden(self) -> np.ndarray:
        return add(self.inputs, self.second, self.addition)

    @property
    def arithmetic(self) -> Arithmetic:
        return {"CLIP": self.addition.clip}

    @property
    def scalars(self) -> dict[str, int]:
        return {name: getattr(self.addition, name) for name in ("lo", "hi", "m1", "m2", "c", "shift")}
