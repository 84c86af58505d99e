"""Shapes of strided views."""

from dataclasses import dataclass
from typing import ClassVar

from reference.strided import check_view
from sw_kernels.geometry import IMPLIED, Geometry

#: Axes of a view.
AXES = 6
_STRIDES = {f"S{axis}": -(1 << 31) for axis in range(AXES)}


@dataclass(frozen=True, kw_only=True)
class StridedGeometry(Geometry):
    """A view of I elements, from element O on: axis i has Ni elements that lie Si apart, axis 0 outermost.

    Raises
    ------
    UserError
        When a dimension is no integer, too small, or the view leaves the input.
    """

    _minimum: ClassVar = {"O": 0, **_STRIDES}
    _both: ClassVar = {}
    _implied: ClassVar = {"O": 0, **{f"{letter}{axis}": 1 for axis in range(AXES) for letter in "NS"}}

    I: int  # noqa: E741, named as the input's dimensions of other operators
    O: int = IMPLIED  # noqa: E741
    N0: int = IMPLIED
    N1: int = IMPLIED
    N2: int = IMPLIED
    N3: int = IMPLIED
    N4: int = IMPLIED
    N5: int = IMPLIED
    S0: int = IMPLIED
    S1: int = IMPLIED
    S2: int = IMPLIED
    S3: int = IMPLIED
    S4: int = IMPLIED
    S5: int = IMPLIED

    def __post_init__(self) -> None:
        super().__post_init__()
        check_view(self.I, self.O, self.output_shape, self.strides)

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.I,)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return tuple(getattr(self, f"N{axis}") for axis in range(AXES))

    @property
    def strides(self) -> tuple[int, ...]:
        """Elements of the input from one index of each axis to the next."""
        return tuple(getattr(self, f"S{axis}") for axis in range(AXES))
