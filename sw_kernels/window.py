"""Windows that move over an image, with weights or without: strides, dilation, padding on four sides."""

from dataclasses import dataclass, replace
from typing import ClassVar

from common.errors import UserError
from reference.window import Window
from sw_kernels.geometry import IMPLIED, Geometry, WeightedGeometry
from sw_kernels.weighted import WeightedLayer


@dataclass(frozen=True, kw_only=True)
class ImageGeometry(Geometry):
    """Images of C channels of IX by IY, windows of FX by FY, stride SX, SY.

    PX columns of padding are on the left and PR on the right, PY rows above and PB below; PR is PX and PB is
    PY unless they are given.

    Raises
    ------
    UserError
        When a dimension is no positive integer, too large, or the window is larger than the padded input.
    """

    _implied: ClassVar = {"PR": "PX", "PB": "PY"}

    C: int
    IX: int
    IY: int
    FX: int
    FY: int
    SX: int = 1
    SY: int = 1
    PX: int = 0
    PY: int = 0
    PR: int = IMPLIED
    PB: int = IMPLIED

    def __post_init__(self) -> None:
        super().__post_init__()
        for axis, end, span in (("X", "PR", self.span_x), ("Y", "PB", self.span_y)):
            padded = sum(getattr(self, name) for name in (f"I{axis}", f"P{axis}", end))
            if span > padded:
                raise UserError(
                    f"geometry {self}: the filter's span (F{axis} - 1) * D{axis} + 1 = {span} is larger than "
                    f"the padded input I{axis} + P{axis} + {end} = {padded}; enlarge the input or the padding"
                )

    @property
    def span_x(self) -> int:
        """Input columns from a window's first to its last."""
        return self.FX

    @property
    def span_y(self) -> int:
        """Input rows from a window's first to its last."""
        return self.FY

    @property
    def OX(self) -> int:  # noqa: N802, the field's own name
        """Output columns."""
        return (self.IX + self.PX + self.PR - self.span_x) // self.SX + 1

    @property
    def OY(self) -> int:  # noqa: N802
        """Output rows."""
        return (self.IY + self.PY + self.PB - self.span_y) // self.SY + 1

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.IY, self.IX, self.C

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.OY, self.OX, self.C

    @property
    def window(self) -> Window:
        """The same in the terms of the golden models, which pads with 0."""
        return Window(stride_yx=(self.SY, self.SX), padding=(self.PY, self.PX, self.PB, self.PR))


@dataclass(frozen=True, kw_only=True)
class WindowGeometry(ImageGeometry, WeightedGeometry):
    """Filters that move over an image: as ``ImageGeometry``, with dilation DX, DY."""

    _implied: ClassVar = {**ImageGeometry._implied, "DX": 1, "DY": 1}

    DX: int = IMPLIED
    DY: int = IMPLIED

    @property
    def span_x(self) -> int:
        return (self.FX - 1) * self.DX + 1

    @property
    def span_y(self) -> int:
        return (self.FY - 1) * self.DY + 1

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.OY, self.OX, self.K

    @property
    def window(self) -> Window:
        return replace(super().window, dilation_yx=(self.DY, self.DX))


@dataclass(frozen=True, eq=False, kw_only=True)
class WindowLayer(WeightedLayer):
    """A layer whose filter moves over an image.

    Parameters
    ----------
    pad_value : int
        Value of the padding, -128 to 127: the input's zero point. What it adds to every accumulator is the
        bias's part: ``bias - zero_point * sum(weights)``.

    Raises
    ------
    UserError
        As ``WeightedLayer``; also when the value is no int8.
    """

    geometry: WindowGeometry
    pad_value: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not -128 <= self.pad_value <= 127:
            raise UserError(
                f"pad_value of {self.geometry} must be in -128..127, the range of int8, not {self.pad_value}"
            )

    @property
    def window(self) -> Window:
        """Window of the golden models, padded with ``pad_value``."""
        return replace(self.geometry.window, pad_value=self.pad_value)

    @property
    def padding_value(self) -> int:
        return self.pad_value

    @property
    def scalars(self) -> dict[str, int]:
        names = ("IX", "IY", "OX", "OY", "FX", "FY", "SX", "SY", "PX", "PY", "DX")
        seen = self.seen
        dimensions = {name.lower(): getattr(seen, name) for name in names}
        return super().scalars | dimensions | {"span_y": self.geometry.span_y, "pad": self.pad_value}
