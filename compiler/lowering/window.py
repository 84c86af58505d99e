"""Windows as dimensions of a geometry."""

from compiler.graph import Tensor
from reference.window import Window


def dimensions(image: Tensor, size_yx: tuple[int, ...], window: Window) -> dict[str, int]:
    """Dimensions of an image, and of a window of this size that moves over it."""
    rows, columns, channels = image.shape
    top, left, bottom, right = window.padding
    return {
        "C": channels,
        "IX": columns,
        "IY": rows,
        "FX": size_yx[1],
        "FY": size_yx[0],
        "SX": window.stride_yx[1],
        "SY": window.stride_yx[0],
        "PX": left,
        "PY": top,
        "PR": right,
        "PB": bottom,
    }


def dilation(window: Window) -> dict[str, int]:
    """Dimensions of a window's dilation."""
    return {"DX": window.dilation_yx[1], "DY": window.dilation_yx[0]}
