"""Inputs of networks from files: int8 arrays and images."""

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import UserError
from compiler.folder.record import Port

_MODES = {1: "L", 3: "RGB"}
#: Real numbers above this are pixels as they are, 0 to 255; below it, numbers around 1.
_PIXELS = 16.0


def read_input(path: str | PathLike[str], port: Port, *, resize: bool = False) -> tuple[np.ndarray, str]:
    """The input of a network from a file, and a line that says how it was made.

    Parameters
    ----------
    path : str or path
        A ``.npy`` file with int8 codes, with or without a batch of 1, or an image that Pillow reads.
    port : Port
        The network's input: shape, scale and zero point.
    resize : bool
        Scale an image of another size; otherwise it is refused.

    Raises
    ------
    UserError
        When the file cannot be read or does not fit the input.
    """
    file = Path(path)
    if file.suffix == ".npy":
        return _array(file, port), ""
    return _image(file, port, resize)


def _array(path: Path, port: Port) -> np.ndarray:
    try:
        with path.open("rb") as file:
            values = np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}; save the input with numpy.save") from error
    except (ValueError, EOFError, MemoryError) as error:
        raise UserError(
            f"cannot read {path} as a NumPy array: {error}; save one array with numpy.save"
        ) from error
    return values[0] if values.shape == (1, *port.shape) else values


def _image(path: Path, port: Port, resize: bool) -> tuple[np.ndarray, str]:
    if len(port.shape) != 3 or port.shape[2] not in _MODES:
        raise UserError(
            f"the input has shape {port.shape} and is no image; give a .npy file of int8 codes, not {path}"
        )
    rows, columns, channels = port.shape
    try:
        from PIL import Image
    except ImportError as error:
        raise UserError(
            "an image needs Pillow; install it with: pip install 'xdecimate[compiler]'"
        ) from error
    try:
        with Image.open(path) as image:
            if image.mode.startswith(("I", "F")):
                raise ValueError(f"its pixels have the format {image.mode}, not 8 bits for each channel")
            size, pixels = image.size, _pixels(image.convert(_MODES[channels]), (columns, rows), resize)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UserError(f"cannot read {path} as an image: {error}; give PNG, JPEG or .npy") from error
    if pixels is None:
        raise UserError(
            f"{path} has {size[0]} x {size[1]} pixels, but the input has {columns} x {rows}; "
            "scale the image, or give --resize"
        )
    real, about = _normalized(pixels.astype(np.float64).reshape(port.shape), port)
    codes = np.clip(np.rint(real / port.scale) + port.zero, -128, 127).astype(np.int8)
    scaled = f"scaled from {size[0]} x {size[1]}, " if size != (columns, rows) else ""
    return codes, f"{path}: {scaled}{about}, then divided by the scale {port.scale:g}, zero point {port.zero}"


def _pixels(image: Any, size: tuple[int, int], resize: bool) -> np.ndarray | None:
    """Pixels of an image of the size, None if it has another one and may not be scaled."""
    if image.size != size:
        if not resize:
            return None
        image = image.resize(size)
    return np.asarray(image)


def _normalized(pixels: np.ndarray, port: Port) -> tuple[np.ndarray, str]:
    """Pixels in the range of real numbers that the input's codes stand for."""
    lowest, highest = (port.scale * (code - port.zero) for code in (-128, 127))
    if highest > _PIXELS:
        return pixels, "pixels 0 to 255"
    if lowest < -highest / 4:
        return pixels / 127.5 - 1, "pixels as -1 to 1"
    return pixels / 255, "pixels as 0 to 1"
