"""Conversions between rows and bands made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.reorder import banded, unbanded
from sw_kernels.copy import CopyLayer
from sw_kernels.reorder.geometry import ReorderGeometry


@dataclass(frozen=True, eq=False, kw_only=True)
class ReorderLayer(CopyLayer):
    """A conversion."""

    geometry: ReorderGeometry

    def golden(self) -> np.ndarray:
        """The output; bytes of bands past the image's end are 0."""
        return banded(self.inputs) if self.geometry.B else unbanded(self.inputs, self.geometry.H)

    def output_of(self, content: bytes) -> np.ndarray:
        """The output; bytes of bands past the image's end, which may have any value, are 0."""
        output = super().output_of(content)
        return banded(unbanded(output, self.geometry.H)) if self.geometry.B else output

    @property
    def scalars(self) -> dict[str, int]:
        g = self.geometry
        return {"banded": g.B, "pitch": g.words, "bytes": g.bytes}

    @property
    def arguments(self) -> tuple[str, ...]:
        return "0", str(self.geometry.words)
