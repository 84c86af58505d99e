"""Shapes of additions."""

from dataclasses import dataclass

from sw_kernels.flat import ElementwiseGeometry


@dataclass(frozen=True, kw_only=True)
class AddGeometry(ElementwiseGeometry):
    """An addition of N elements to N others."""
