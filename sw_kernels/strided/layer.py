"""Strided views made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from reference.strided import strided
from sw_kernels.copy import CopyLayer
from sw_kernels.strided.axis import Axis, dense, merged
from sw_kernels.strided.geometry import AXES, StridedGeometry


@dataclass(frozen=True, eq=False, kw_only=True)
class StridedLayer(CopyLayer):
    """A copy of a strided view."""

    geometry: StridedGeometry

    def golden(self) -> np.ndarray:
        g = self.geometry
        return strided(self.inputs, g.O, g.output_shape, g.strides)

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The fewest axes, filled up in front to ``AXES`` by such of one element."""
        shape, strides = self.geometry.output_shape, self.geometry.strides
        found = merged([Axis(*values) for values in zip(shape, strides, dense(shape), strict=True)])
        return (*[Axis(1, 1, 1)] * (AXES - len(found)), *found)

    @property
    def across(self) -> int:
        """The axis but the last along which the input has no gaps; the last if there is none."""
        whole = [number for number, axis in enumerate(self.axes[:-1]) if axis.source == 1 and axis.count > 1]
        return whole[-1] if whole else AXES - 1

    @property
    def units(self) -> int:
        """Units of work: rows of the last axis, up to four that are neighbours in the input."""
        counts = [axis.count for axis in self.axes[:-1]]
        if self.across < AXES - 1:
            counts[self.across] = -(-counts[self.across] // 4)
        return prod(counts)

    @property
    def scalars(self) -> dict[str, int]:
        used = [number for number, axis in enumerate(self.axes) if axis.count > 1]
        outer = min(used, default=AXES - 1)
        members = {"offset": self.geometry.O, "outer": outer, "across": self.across}
        for number, axis in enumerate(self.axes):
            names = ("count", "from", "to")
            members |= {f"axis[{number}].{name}": value for name, value in zip(names, axis, strict=True)}
        return members

    @property
    def arguments(self) -> tuple[str, ...]:
        return "0", str(self.units)
