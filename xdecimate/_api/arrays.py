"""Checks of the arrays that a caller gives, so that no value is converted silently."""

from collections.abc import Sequence

import numpy as np

from common.errors import UserError


def checked_array(name: str, value: object, kinds: Sequence[type[np.generic]], axes: str) -> np.ndarray:
    """The array itself, if it has one of the types, as many axes as ``axes`` names, and no axis of length 0.

    Parameters
    ----------
    name : str
        Name of the array in the message.
    value : object
        The argument of the caller.
    kinds : sequence of NumPy types
        The types allowed: ``np.int8``, or a family such as ``np.floating``.
    axes : str
        Names of the axes with commas between them, as the message shows them; ``...`` at the end stands for
        any number of axes.

    Raises
    ------
    UserError
        If the value is not an array, or its type or shape is not allowed.
    """
    wanted = f"{name} must be an array of {' or '.join(kind.__name__ for kind in kinds)} of shape ({axes})"
    if not isinstance(value, np.ndarray):
        raise UserError(f"{wanted}, not a {type(value).__name__}; convert it with numpy.asarray")
    if not any(np.issubdtype(value.dtype, kind) for kind in kinds):
        raise UserError(f"{wanted}, not of {value.dtype}; quantize or convert it first")
    names = axes.split(", ")
    fits = value.ndim >= len(names) if names[-1] == "..." else value.ndim == len(names)
    if not fits or not value.size:
        raise UserError(f"{wanted}, not of shape {value.shape}")
    return value
