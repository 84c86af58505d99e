"""Shapes of table layers."""

from dataclasses import dataclass

from sw_kernels.flat import ElementwiseGeometry


@dataclass(frozen=True, kw_only=True)
class TableGeometry(ElementwiseGeometry):
    """A table for each of N elements."""
