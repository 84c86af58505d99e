"""Shapes of products."""

from dataclasses import dataclass

from sw_kernels.flat import ElementwiseGeometry


@dataclass(frozen=True, kw_only=True)
class MulGeometry(ElementwiseGeometry):
    """A product of N elements and N others."""
