"""Checkpoints: written whole or not at all, and read only into the training that wrote them."""

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import torch

from common.errors import UserError
from common.files import write_atomically

_FORMAT = 1
#: Errors of torch.load on files that are not whole.
_DAMAGED = (OSError, RuntimeError, pickle.UnpicklingError, BadZipFile, EOFError)


def save_checkpoint(path: Path, settings: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    """Write a checkpoint; ``UserError`` when it cannot be written, and the earlier one stays."""
    buffer = io.BytesIO()
    torch.save({"format": _FORMAT, "settings": dict(settings), **content}, buffer)
    try:
        write_atomically(path, buffer.getvalue())
    except UserError as error:
        raise UserError(
            f"{error}; the last checkpoint is kept: the same command continues from it when there is space"
        ) from error


def load_checkpoint(path: Path, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The content of a checkpoint.

    Raises
    ------
    UserError
        When it is damaged, of another release, or of a training with other settings.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
        made_with = dict(found["settings"])
        known = found["format"] == _FORMAT
    except FileNotFoundError as error:
        raise UserError(f"there is no checkpoint {path}; give the folder of a training") from error
    except (*_DAMAGED, KeyError, TypeError) as error:
        raise UserError(
            f"{path} is damaged or no checkpoint of this command; remove it to begin again"
        ) from error
    if not known:
        raise UserError(f"{path} is a checkpoint of another release; remove it to begin again")
    if settings is not None and made_with != dict(settings):
        differences = "; ".join(
            f"{name} is {made_with.get(name)!r} there and {settings.get(name)!r} here"
            for name in sorted({*made_with, *settings})
            if made_with.get(name) != settings.get(name)
        )
        raise UserError(
            f"{path} is a checkpoint of another training: {differences}; choose another folder, or give the "
            "same settings"
        )
    return found
