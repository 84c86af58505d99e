"""Golden strided view: elements picked from an array by an offset and a stride for each axis."""

import numpy as np

from common.errors import UserError


def check_view(size: int, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
    """Raise ``UserError`` unless a view stays inside an array of ``size`` elements."""
    if len(strides) != len(shape) or min(shape, default=1) < 1:
        raise UserError(
            f"a view of shape {shape} needs a stride for each axis, none of them empty, not {strides}"
        )
    reach = [(length - 1) * stride for length, stride in zip(shape, strides, strict=True)]
    first = offset + sum(step for step in reach if step < 0)
    last = offset + sum(step for step in reach if step > 0)
    if first < 0 or last >= size:
        raise UserError(
            f"a view of shape {shape} with offset {offset} and strides {strides} reaches elements {first} to "
            f"{last}, but the array has elements 0 to {size - 1}"
        )


def strided(inputs: np.ndarray, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> np.ndarray:
    """Elements of an array at ``offset + sum(index * stride)``, counted row by row.

    Parameters
    ----------
    inputs : ndarray
        Of any shape and type.
    offset : int
    shape, strides : tuple of int
        Of the result; strides in elements, also 0 or negative.

    Returns
    -------
    ndarray, of the shape

    Raises
    ------
    UserError
        When the view leaves the array.
    """
    check_view(inputs.size, offset, shape, strides)
    flat = np.ascontiguousarray(inputs).reshape(-1)[offset:]
    steps = tuple(stride * flat.itemsize for stride in strides)
    return np.lib.stride_tricks.as_strided(flat, shape, steps, writeable=False).copy()
