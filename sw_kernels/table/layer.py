"""Table layers made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from reference.table import check_entries, table
from sw_kernels.flat import FlatLayer, random_codes
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.table.geometry import TableGeometry


@dataclass(frozen=True, eq=False, kw_only=True)
class TableLayer(FlatLayer):
    """A function of every element.

    Parameters
    ----------
    entries : ndarray, shape (256,), int8
        Its outputs from code -128 to code 127.

    Raises
    ------
    UserError
        As ``Layer``; also when the entries are none of a table.
    """

    geometry: TableGeometry
    entries: np.ndarray

    def __post_init__(self) -> None:
        super().__post_init__()
        check_entries(self.entries)

    @classmethod
    def random(cls, geometry: TableGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes and entries."""
        rng = np.random.default_rng(seed)
        inputs = random_codes(rng, geometry.input_shape)
        return cls(geometry=geometry, kernel=kernel, inputs=inputs, entries=random_codes(rng, (256,)))

    def golden(self) -> np.ndarray:
        return table(self.inputs, self.entries)

    @property
    def arithmetic(self) -> Arithmetic:
        return {}

    @property
    def constants(self) -> dict[str, bytes]:
        return {"table": self.entries.tobytes()}

    @property
    def scalars(self) -> dict[str, int]:
        return {}
