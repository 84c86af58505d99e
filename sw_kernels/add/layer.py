"""Additions made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from common.errors import UserError
from reference.add import Addition, add
from reference.decmac import FACTOR_BITS
from reference.quantization import Quantization
from reference.short_addition import ShortAddition, add_short
from sw_kernels.add.geometry import AddGeometry
from sw_kernels.flat import PairLayer, random_codes
from sw_kernels.kernel import Arithmetic, Kernel


@dataclass(frozen=True, eq=False, kw_only=True)
class AddLayer(PairLayer):
    """An addition of two tensors.

    Parameters
    ----------
    addition : Addition or ShortAddition
        From both tensors' codes to the output's, in the kernel's arithmetic.

    Raises
    ------
    UserError
        As ``PairLayer``; also when the kernel has the other arithmetic.
    """

    geometry: AddGeometry
    addition: Addition | ShortAddition

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kernel.quantizes != isinstance(self.addition, ShortAddition):
            kind = "8-bit weights and a 16-bit factor" if self.kernel.quantizes else "32-bit multipliers"
            raise UserError(f"{self.kernel} of {self.geometry}: the kernel adds with {kind} alone")

    @classmethod
    def random(cls, geometry: AddGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes, scales and zero points, and no ReLU."""
        rng = np.random.default_rng(seed)
        first, second = (Quantization(rng.uniform(0.02, 0.1), int(rng.integers(-20, 20))) for _ in range(2))
        codes = [random_codes(rng, geometry.input_shape) for _ in range(2)]
        addition: Addition | ShortAddition
        addition = Addition.of(first, second, Quantization(rng.uniform(0.05, 0.1), -5))
        if kernel.quantizes:
            w1, w2, factor = map(int, rng.integers((40, 40, 1 << 15), (128, 128, 1 << FACTOR_BITS)))
            addition = ShortAddition(w1, w2, factor, addend=-300, shift=6)
        return cls(geometry=geometry, kernel=kernel, inputs=codes[0], second=codes[1], addition=addition)

    def golden(self) -> np.ndarray:
        if isinstance(self.addition, ShortAddition):
            return add_short(self.inputs, self.second, self.addition)
        return add(self.inputs, self.second, self.addition)

    @property
    def arithmetic(self) -> Arithmetic:
        return {"CLIP": self.addition.clip}

    @property
    def scalars(self) -> dict[str, int]:
        p = self.addition
        if isinstance(p, ShortAddition):
            packed = p.factor | p.shift << FACTOR_BITS
            return {"lo": p.lo, "hi": p.hi, "m1": p.w1, "m2": p.w2, "c": p.addend, "shift": packed}
        return {name: getattr(p, name) for name in ("lo", "hi", "m1", "m2", "c", "shift")}
