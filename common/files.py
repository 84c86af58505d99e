"""Writing files so that a failure leaves nothing half-written."""

import errno
import os
import tempfile
from pathlib import Path

import platformdirs

from common.errors import UserError


def _build() -> Path:
    """The folder that XDECIMATE_CACHE names, else build/ of a checkout, else the user's cache folder."""
    root = Path(__file__).parents[1]
    if named := os.environ.get("XDECIMATE_CACHE"):
        return Path(named).resolve()
    if (root / "pyproject.toml").is_file():
        return root / "build"
    return platformdirs.user_cache_path("xdecimate")


#: Where caches and generated files go.
BUILD = _build()


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write to a temporary file beside ``path``, then rename it; a device or pipe is written directly.

    Raises ``UserError`` when the file cannot be written; an earlier file then stays as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = None
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o666 & ~umask())
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror}; choose a path that can be written"
        ) from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)


def umask() -> int:
    """The permissions that new files and folders do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def check_writable(path: Path) -> None:
    """Raise ``UserError`` if ``path`` could not be written, before the work that it is to hold begins."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror}; choose a path that can be written"
        ) from error


def keep_log(name: str, text: str) -> Path:
    """Write the log of a failure where it outlives the folder that it comes from."""
    path = BUILD / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text)
    return path
