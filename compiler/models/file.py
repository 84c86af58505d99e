"""Files of known networks; the package onnx is imported when one is written."""

from pathlib import Path

from common.errors import UserError
from common.files import check_writable, write_atomically


def write_model(name: str, path: Path, *, m: int | None = None, seed: int = 1) -> None:
    """Write the model that ``seeded_model`` makes.

    Raises ``UserError`` as that does; also when the seed is negative, the file cannot be written, or the
    extra ``compiler`` is not installed.
    """
    try:
        from compiler.models.model import seeded_model
    except ImportError as error:
        raise UserError(
            "an ONNX model needs the package onnx; install it with: pip install 'xdecimate[compiler]'"
        ) from error
    if not isinstance(seed, int) or seed < 0:
        raise UserError(f"seed must be an integer of at least 0, not {seed!r}")
    check_writable(path)
    write_atomically(path, seeded_model(name, m=m, seed=seed).SerializeToString())
