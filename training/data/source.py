"""Data sets by the value of ``--data``."""

import os
from pathlib import Path

from common.errors import UserError
from training.data.cifar import FORMATS, cifar
from training.data.digits import digits
from training.data.folder import folder
from training.data.images import DataSet

FORMS = "digits, cifar10:DIR, cifar100:DIR or folder:DIR"
#: Folder in which relative paths are looked up that do not exist.
VARIABLE = "XDECIMATE_DATA"


def data_set(name: str) -> DataSet:
    """The images of ``digits``, ``cifar10:DIR``, ``cifar100:DIR`` or ``folder:DIR``.

    Raises ``UserError`` when there are none, or when they are damaged.
    """
    kind, _, place = name.partition(":")
    if name == "digits":
        return digits()
    if kind not in (*FORMATS, "folder") or not place:
        raise UserError(f"data must be {FORMS}, not {name!r}")
    path = located(Path(place))
    return folder(path) if kind == "folder" else cifar(kind, path)


def located(path: Path) -> Path:
    """The path, or where it lies below ``$XDECIMATE_DATA``."""
    base = os.environ.get(VARIABLE)
    if path.exists():
        return path
    if base and not path.is_absolute() and (Path(base) / path).exists():
        return Path(base) / path
    where = f"nor in {base}, which {VARIABLE} names" if base else f"and {VARIABLE} names no folder with data"
    raise UserError(f"there is no {path} here, {where}; give a path that exists: {FORMS}")
