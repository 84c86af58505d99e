"""Layer normalizations made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from common.errors import UserError
from reference.layer_norm import LayerNorm, layer_norm
from reference.quantization import Quantization
from reference.requantization import Tier
from sw_kernels.flat import FlatLayer, random_codes
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.layer_norm.geometry import LayerNormGeometry


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerNormLayer(FlatLayer):
    """A normalization of every row.

    Parameters
    ----------
    norm : LayerNorm
        From the inputs' codes to the outputs', with one set of parameters for each channel.

    Raises
    ------
    UserError
        As ``Layer``; also when there are parameters of more or fewer channels.
    """

    geometry: LayerNormGeometry
    norm: LayerNorm

    def __post_init__(self) -> None:
        super().__post_init__()
        channels = len(self.norm.requantization.mul)
        if channels != self.geometry.C:
            raise UserError(f"norm of {self.geometry} must have {self.geometry.C} channels, not {channels}")

    @classmethod
    def random(cls, geometry: LayerNormGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes, scales, gains and biases, and no ReLU."""
        rng = np.random.default_rng(seed)
        inputs = Quantization(rng.uniform(0.01, 0.05), int(rng.integers(-20, 20)))
        out = Quantization(rng.uniform(0.02, 0.05), int(rng.integers(-20, 20)))
        gain, bias = rng.normal(1, 0.4, geometry.C), rng.normal(0, 0.5, geometry.C)
        return cls(
            geometry=geometry,
            kernel=kernel,
            inputs=random_codes(rng, geometry.input_shape),
            norm=LayerNorm.of(inputs, out, gain, bias, 1e-5),
        )

    def golden(self) -> np.ndarray:
        return layer_norm(self.inputs, self.norm)

    @property
    def arithmetic(self) -> Arithmetic:
        return {"CLIP": self.norm.requantization.clip}

    @property
    def constants(self) -> dict[str, bytes]:
        records = self.norm.requantization.records(np.zeros(self.geometry.C, np.int32), Tier.HIGH)
        return {"requantization": records[:, 1:].astype("<i4").tobytes()}

    @property
    def scalars(self) -> dict[str, int]:
        return {
            "lo": self.norm.requantization.lo,
            "hi": self.norm.requantization.hi,
            "c": self.geometry.C,
            "shift": self.norm.shift,
            "epsilon": self.norm.epsilon & 0xFFFF_FFFF,
            "epsilon_high": self.norm.epsilon >> 32,
        }
