"""Results kept by content: made once, found again by the hash of all that they come from.

An entry is a folder, ``BUILD``/kind/key, and appears complete or not at all: it is made in a workplace and
then renamed. Processes that want the same entry at once wait for the one that makes it.
"""

import errno
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from common import files
from common.workplace import sweep, workplace, writable

#: A text or its bytes: the content of a source, a tool's version, an option.
Ingredient = str | bytes
_VALUE = "value.json"
#: Digits of a key, 128 bits of the hash.
_DIGITS = 32
_FULL = (errno.ENOSPC, errno.EDQUOT)
_KEY = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")


class _NotFinalError(Exception):
    """Carries a value as JSON past the folder that is not to keep it."""


def plain(value: object) -> str:
    """A value as an ingredient: numbers, strings, lists, dictionaries, sets and dataclasses of them.

    Anything that has a ``digest``, a text, is that.
    """
    return json.dumps(value, default=_plain, sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(digest := getattr(value, "digest", None), str):
        return digest
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{value!r} cannot be an ingredient")


def key(ingredients: Iterable[Ingredient]) -> str:
    """SHA-256 of ingredients, each preceded by its length, so that no two lists of them run together."""
    digest = hashlib.sha256()
    for ingredient in ingredients:
        data = ingredient.encode() if isinstance(ingredient, str) else ingredient
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()[:_DIGITS]


def kept(kind: str, ingredients: Iterable[Ingredient], make: Callable[[Path], object]) -> Path:
    """The folder that ``make`` once filled, or fills now.

    Parameters
    ----------
    kind : str
        Folder below the cache, a plain name.
    ingredients : iterable of str or bytes
        All that the content depends on.
    make : callable
        Gets an empty folder, which is renamed afterwards: no file in it may name it. When it raises, nothing
        is kept.

    Raises
    ------
    UserError
        When the cache cannot be written, or is full.
    """
    entry = _entry(kind, ingredients)
    if not entry.exists():
        with workplace(f"{kind}-{entry.name}") as folder:
            if not entry.exists():  # made while this process waited for the workplace
                _make(folder, make)
                _commit(folder, entry)
    return entry


def known(kind: str, ingredients: Iterable[Ingredient]) -> Path | None:
    """The folder that ``kept`` would find, None if it would have to be made."""
    entry = _entry(kind, ingredients)
    return entry if entry.exists() else None


def kept_json(
    kind: str,
    ingredients: Iterable[Ingredient],
    make: Callable[[], Any],
    *,
    final: Callable[[Any], bool] = lambda value: True,
) -> Any:
    """The result of ``make``, from the cache or computed now, as JSON reads it back.

    A value that is not ``final`` is returned and not kept: another attempt may give a better one.
    """

    def write(folder: Path) -> None:
        value = make()
        text = json.dumps(value)
        if not final(value):
            raise _NotFinalError(text)
        (folder / _VALUE).write_text(text)

    try:
        return json.loads((kept(kind, ingredients, write) / _VALUE).read_text())
    except _NotFinalError as error:
        return json.loads(str(error))


def known_json(kind: str, ingredients: Iterable[Ingredient]) -> Any | None:
    """The result that ``kept_json`` would find in the cache; None if it would call ``make``."""
    folder = known(kind, ingredients)
    return json.loads((folder / _VALUE).read_text()) if folder else None


def clear() -> tuple[int, int]:
    """Delete all entries and clang's cache, but not the workplaces of running processes.

    Other files stay: ``XDECIMATE_CACHE`` may name a folder that holds more than a cache.
    Returns how many parts were deleted, and how many workplaces are in use.
    """
    if not files.BUILD.is_dir():
        return 0, 0
    with workplace("trash") as trash:
        parts = [part for part in files.BUILD.iterdir() if part != trash.parent and _is_part(part)]
        for part in parts:  # renamed first, so that no process finds half of an entry
            with writable(part):
                part.rename(trash / part.name)
        work = trash.parent
    busy = sweep()
    if not busy:
        work.rmdir()
    return len(parts), busy


def _is_part(path: Path) -> bool:
    """True for a folder of entries, and for clang's cache."""
    if path.is_symlink() or not path.is_dir():
        return False
    names = {entry.name for entry in path.iterdir()}
    return {"h", "o"} <= names if path.name == "zig" else bool(names) and all(map(_KEY.fullmatch, names))


def _entry(kind: str, ingredients: Iterable[Ingredient]) -> Path:
    return files.BUILD / kind / key(ingredients)


def _make(folder: Path, make: Callable[[Path], object]) -> None:
    try:
        make(folder)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        with writable(folder):
            raise


def _commit(folder: Path, entry: Path) -> None:
    with writable(entry):
        while True:
            entry.parent.mkdir(parents=True, exist_ok=True)
            try:
                folder.rename(entry)
                return
            except FileNotFoundError:  # ``clear`` has just taken the parent away
                if not folder.exists():
                    raise
            except OSError:
                if not entry.exists():
                    raise
                return  # made on a file system without locks, from the same ingredients
