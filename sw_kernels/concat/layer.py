"""Concatenations made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from common.errors import UserError
from reference.concat import concat
from sw_kernels.concat.geometry import PARTS, ConcatGeometry
from sw_kernels.copy import CopyLayer
from sw_kernels.flat import random_codes
from sw_kernels.kernel import Kernel
from sw_kernels.layer import check_array


def _member(part: int) -> str:
    """Member of the C struct."""
    return f"input{part}" if part else "input"


@dataclass(frozen=True, eq=False, kw_only=True)
class ConcatLayer(CopyLayer):
    """A concatenation of rows.

    Parameters
    ----------
    others : tuple of ndarray, shape (T, C1) and so on, int8
        The arrays behind the first.

    Raises
    ------
    UserError
        As ``Layer``, of all arrays.
    """

    geometry: ConcatGeometry
    others: tuple[np.ndarray, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        rows, lengths = self.geometry.T, self.geometry.lengths[1:]
        if len(lengths) != len(self.others):
            raise UserError(f"{self.geometry} needs {len(lengths)} other arrays, not {len(self.others)}")
        for number, (array, length) in enumerate(zip(self.others, lengths, strict=True)):
            check_array(_member(number + 1), array, (rows, length), np.int8, self.geometry)

    @classmethod
    def random(cls, geometry: ConcatGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes."""
        rng = np.random.default_rng(seed)
        first, *others = (random_codes(rng, (geometry.T, length)) for length in geometry.lengths)
        return cls(geometry=geometry, kernel=kernel, inputs=first, others=tuple(others))

    def golden(self) -> np.ndarray:
        return concat((self.inputs, *self.others))

    @property
    def activations(self) -> dict[str, np.ndarray]:
        return {_member(part): array for part, array in enumerate((self.inputs, *self.others))}

    @property
    def arrays(self) -> dict[str, bytes]:
        return {_member(part): b"" for part in range(PARTS)} | super().arrays

    @property
    def scalars(self) -> dict[str, int]:
        lengths = self.geometry.lengths + (0,) * (PARTS - len(self.geometry.lengths))
        sizes = {f"bytes[{part}]": length for part, length in enumerate(lengths)}
        return {"rows": self.geometry.T, "parts": len(self.geometry.lengths)} | sizes

    @property
    def arguments(self) -> tuple[str, ...]:
        return "0", str(self.geometry.T)
