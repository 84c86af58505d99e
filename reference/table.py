"""Golden table: any function of one int8 tensor, element by element."""

from collections.abc import Callable

import numpy as np

from common.errors import UserError
from reference.quantization import Quantization

#: Every code, in the order of a table's entries.
CODES = np.arange(-128, 128, dtype=np.int8)


def entries_of(
    function: Callable[[np.ndarray], np.ndarray], inputs: Quantization, out: Quantization
) -> np.ndarray:
    """The table of a real function: its value for every code, rounded half to even, shape (256,), int8."""
    return out.codes(function(inputs.real(CODES)))


def check_entries(entries: np.ndarray) -> None:
    """Raise ``UserError`` unless these are the entries of a table."""
    if entries.shape != CODES.shape or entries.dtype != np.int8:
        raise UserError(
            f"a table must be int8 of shape {CODES.shape}, not {entries.dtype} of shape {entries.shape}"
        )


def table(inputs: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """The entry of every code.

    Parameters
    ----------
    inputs : ndarray, int8
        Codes.
    entries : ndarray, shape (256,), int8
        From code -128 to code 127; ``UserError`` otherwise.

    Returns
    -------
    ndarray, of the inputs' shape, int8
    """
    check_entries(entries)
    return entries[inputs.astype(np.int16) + 128]
