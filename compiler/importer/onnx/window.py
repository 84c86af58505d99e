"""Windows of convolutions and poolings, in one or two dimensions."""

from dataclasses import dataclass

import numpy as np

from compiler.graph import Tensor
from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.operator import Operator
from compiler.importer.onnx.view import View
from compiler.problem import UnsupportedError
from reference.window import Window

#: Largest stride, dilation, padding or size of a window.
_LIMIT = 1 << 15


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A window over an image, and the image that it makes.

    Parameters
    ----------
    size_yx : (int, int)
    window : Window
    rows, columns : int
        Of the output.
    """

    size_yx: tuple[int, int]
    window: Window
    rows: int
    columns: int


def image(builder: Builder, view: View) -> Tensor:
    """The tensor of rows, columns and channels of (1, C, H, W); a signal (1, C, L) has L rows."""
    if len(view.shape) not in (3, 4) or view.shape[0] != 1:
        raise UnsupportedError(
            f"its input has the shape {list(view.shape)}",
            "give it a batch of 1, channels, and one or two dimensions more",
        )
    if len(view.shape) == 3:
        return builder.laid_out(view, lambda places: places[0].T[:, None, :])
    return builder.laid_out(view, lambda places: places[0].transpose(1, 2, 0))


def image_view(tensor: Tensor, rank: int) -> View:
    """The view of an image's tensor in the order of the file."""
    if rank == 3:
        return View.of(tensor, lambda memory: memory[:, 0, :].T[None])
    return View.of(tensor, lambda memory: memory.transpose(2, 0, 1)[None])


def image_shape(channels: int, sweep: Sweep, rank: int) -> tuple[int, ...]:
    """Shape in the file of the image that a window makes."""
    return (1, channels, sweep.rows) if rank == 3 else (1, channels, sweep.rows, sweep.columns)


def _pairs(operator: Operator, name: str, count: int, default: int, least: int) -> list[int]:
    found = operator.integers(name, (default,) * count)
    assert found is not None
    if len(found) != count or not all(least <= value < _LIMIT for value in found):
        raise UnsupportedError(
            f"its {name} is {list(found)}", f"give {count} numbers in {least}..{_LIMIT - 1}"
        )
    return list(found)


def sweep(operator: Operator, shape: tuple[int, ...], size: tuple[int, ...], pad_value: int = 0) -> Sweep:
    """The window of an operator over an image.

    Parameters
    ----------
    operator : Operator
    shape : tuple of int
        Of the input in the file.
    size : tuple of int
        Of the window in the file: two numbers less.
    pad_value : int
        Code of the padding.
    """
    axes = len(shape) - 2
    if axes not in (1, 2):
        raise UnsupportedError(
            f"its input has the shape {list(shape)}",
            "use a batch of 1, channels, and one or two dimensions more",
        )
    if len(size) != axes or not all(1 <= length < _LIMIT for length in size):
        raise UnsupportedError(f"its window is {list(size)}", f"give {axes} numbers in 1..{_LIMIT - 1}")
    strides = _pairs(operator, "strides", axes, 1, 1)
    dilations = _pairs(operator, "dilations", axes, 1, 1)
    pads = _pairs(operator, "pads", 2 * axes, 0, 0)
    before, after, outputs = [], [], []
    for axis in range(axes):
        reach = (size[axis] - 1) * dilations[axis] + 1
        ends, made = _ends(operator, shape[2 + axis], reach, strides[axis], (pads[axis], pads[axes + axis]))
        before.append(ends[0])
        after.append(ends[1])
        outputs.append(made)
    if axes == 1:
        size, strides, dilations = (*size, 1), [*strides, 1], [*dilations, 1]
        before, after, outputs = [*before, 0], [*after, 0], [*outputs, 1]
    window = Window(
        stride_yx=(strides[0], strides[1]),
        dilation_yx=(dilations[0], dilations[1]),
        padding=(before[0], before[1], after[0], after[1]),
        pad_value=pad_value,
    )
    return Sweep(size_yx=(size[0], size[1]), window=window, rows=outputs[0], columns=outputs[1])


def _ends(
    operator: Operator, length: int, reach: int, stride: int, pads: tuple[int, int]
) -> tuple[tuple[int, int], int]:
    """Padding at both ends of an axis, and how many positions the window has there."""
    kind = operator.text("auto_pad", "NOTSET")
    before, after = pads
    if kind in ("SAME_UPPER", "SAME_LOWER"):
        total = max((-(-length // stride) - 1) * stride + reach - length, 0)
        small, large = total // 2, total - total // 2
        before, after = (small, large) if kind == "SAME_UPPER" else (large, small)
    elif kind == "VALID":
        before, after = 0, 0
    elif kind != "NOTSET":
        raise UnsupportedError(f"its auto_pad is {kind!r}", "use NOTSET, SAME_UPPER, SAME_LOWER or VALID")
    room = length + before + after - reach
    if room < 0:
        raise UnsupportedError(
            f"its window reaches over {reach} of {length + before + after} positions",
            "enlarge the input or the padding",
        )
    if operator.integer("ceil_mode", 0) and room % stride:
        last = (room // stride + 1) * stride  # a last window must begin inside the image or its padding
        if last < length + before:
            after += last - room
            room = last
    return (before, after), room // stride + 1


def channel_numbers(channels: int, shape: tuple[int, ...], axis: int) -> np.ndarray:
    """Number of the channel of each element of a result."""
    spread = tuple(-1 if i == axis else 1 for i in range(len(shape)))
    return np.broadcast_to(np.arange(channels).reshape(spread), shape)
