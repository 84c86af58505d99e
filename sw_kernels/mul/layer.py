"""Products made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from reference.mul import Multiplication, mul
from reference.quantization import Quantization
from reference.requantization import Tier
from sw_kernels.flat import PairLayer, random_codes
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.mul.geometry import MulGeometry


@dataclass(frozen=True, eq=False, kw_only=True)
class MulLayer(PairLayer):
    """A product of two tensors.

    Parameters
    ----------
    multiplication : Multiplication
        From both tensors' codes to the output's.
    """

    geometry: MulGeometry
    multiplication: Multiplication

    @classmethod
    def random(cls, geometry: MulGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes, scales and zero points, and no ReLU."""
        rng = np.random.default_rng(seed)
        first, second = (Quantization(rng.uniform(0.02, 0.1), int(rng.integers(-20, 20))) for _ in range(2))
        return cls(
            geometry=geometry,
            kernel=kernel,
            inputs=random_codes(rng, geometry.input_shape),
            second=random_codes(rng, geometry.input_shape),
            multiplication=Multiplication.of(first, second, Quantization(rng.uniform(0.1, 0.4), -5)),
        )

    def golden(self) -> np.ndarray:
        return mul(self.inputs, self.second, self.multiplication)

    @property
    def arithmetic(self) -> Arithmetic:
        return {"CLIP": self.multiplication.requantization.clip}

    @property
    def scalars(self) -> dict[str, int]:
        given = self.multiplication
        (_, factor, add, shift), *_ = given.requantization.records(np.zeros(1, np.int32), Tier.HIGH).tolist()
        return {
            "lo": given.requantization.lo,
            "hi": given.requantization.hi,
            "zero1": given.zero1,
            "zero2": given.zero2,
            "mul": factor,
            "add": add,
            "shift": shift,
        }
