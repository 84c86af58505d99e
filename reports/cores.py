"""Marks of cycles that were measured on other cores than those that the names stand for today."""

from collections.abc import Iterable, Mapping
from typing import Any

from hw.config import config_named

_DAGGER = " †"
_NOTE = "\n† On a core without compressed instructions.\n"


def is_earlier(core: Mapping[str, Any]) -> bool:
    """True if a core, as reports have it, is another one than its name stands for."""
    return core != config_named(core["name"]).as_dict()


def marked(name: str, core: Mapping[str, Any]) -> str:
    """A name in a table, marked if the figures beside it are of an earlier core."""
    return name + _DAGGER * is_earlier(core)


def noted(text: str, cores: Iterable[Mapping[str, Any]]) -> str:
    """A part of a document, with a note if figures of it are of an earlier core."""
    return text + _NOTE * any(map(is_earlier, cores))
