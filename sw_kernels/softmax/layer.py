"""Softmax layers made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from reference.quantization import Quantization
from reference.softmax import Softmax, softmax
from sw_kernels.flat import FlatLayer, random_codes
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.softmax.geometry import SoftmaxGeometry


@dataclass(frozen=True, eq=False, kw_only=True)
class SoftmaxLayer(FlatLayer):
    """A softmax of every row.

    Parameters
    ----------
    softmax : Softmax
        From the inputs' codes to the outputs'.
    """

    geometry: SoftmaxGeometry
    softmax: Softmax

    @classmethod
    def random(cls, geometry: SoftmaxGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes and scales; outputs are from 0 to 1, or to the largest that is likely."""
        rng = np.random.default_rng(seed)
        inputs = Quantization(rng.uniform(0.01, 0.05), int(rng.integers(-20, 20)))
        out = Quantization(rng.choice([1.0, 0.3]) / 256, int(rng.choice([-128, -100, 0])))
        return cls(
            geometry=geometry,
            kernel=kernel,
            inputs=random_codes(rng, geometry.input_shape),
            softmax=Softmax.of(inputs, out),
        )

    def golden(self) -> np.ndarray:
        return softmax(self.inputs, self.softmax)

    @property
    def arithmetic(self) -> Arithmetic:
        return {}

    @property
    def constants(self) -> dict[str, bytes]:
        return {"table": self.softmax.table[::-1].astype("<u2").tobytes()}

    @property
    def scalars(self) -> dict[str, int]:
        parameters = self.softmax
        return {
            "c": self.geometry.C,
            "mul": parameters.mul,
            "shift": parameters.shift,
            "zero": parameters.zero,
        }
