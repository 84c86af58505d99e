"""The affine relation between int8 codes and real numbers."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError


@dataclass(frozen=True)
class Quantization:
    """Real numbers of a tensor: ``scale * (code - zero)``.

    Parameters
    ----------
    scale : float
        Real number of one step, positive.
    zero : int
        Code of 0, inside int8.

    Raises
    ------
    UserError
        When the scale is not a positive finite number or the zero point is outside int8.
    """

    scale: float
    zero: int = 0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.scale) and self.scale > 0):
            raise UserError(f"quantization: the scale must be positive and finite, not {self.scale}")
        if not -128 <= self.zero <= 127:
            raise UserError(f"quantization: the zero point must be in -128..127, not {self.zero}")

    def real(self, codes: np.ndarray) -> np.ndarray:
        """Real numbers of codes, float64."""
        return self.scale * (codes.astype(np.float64) - self.zero)

    def codes(self, real: np.ndarray) -> np.ndarray:
        """Codes of real numbers as ONNX's QuantizeLinear gives them: rounded half to even, clipped, int8."""
        return np.clip(np.rint(real / self.scale) + self.zero, -128, 127).astype(np.int8)
