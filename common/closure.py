"""The source of Python modules with all that they import: what a result depends on that they compute."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import distribution, requires, version
from importlib.util import find_spec
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

from common.cache import key

_ROOT = Path(__file__).parents[1]
#: They carry results to and fro, and have no part in them.
_CARRIERS = ("common.cache", "common.closure", "common.scheduler", "common.workers", "common.workplace")


def sources(module: str, *, outside: Sequence[str] = ()) -> dict[str, Path]:
    """Files of a module and of the project's modules that it imports, directly or not, by their names.

    Packages above them count, and imports inside functions. What is imported by a name made at run time is
    not seen. ``outside`` names modules that are not followed: their output is an ingredient by itself. Of a
    module that is not the project's, what it imports of its own distribution is not followed.

    Raises ``ImportError`` when there is no such module.
    """
    finder = _Finder(outside)
    finder.read(module)
    return {
        name: Path(found.__file__)  # type: ignore[attr-defined]
        for name, found in sorted(finder.modules.items())
        if found.__file__  # type: ignore[attr-defined]
    }


@cache
def closure(*modules: str, outside: tuple[str, ...] = ()) -> str:
    """Hash of the sources of modules, an ingredient of what they compute."""
    found: dict[str, Path] = {}
    for module in modules:
        found |= sources(module, outside=outside)
    parts: list[str | bytes] = []
    for name, path in sorted(found.items()):
        parts += [name, path.read_bytes()]
    return key(parts)


@cache
def project() -> str:
    """Hash of all sources of the project, in any language, and of the versions of what it requires."""
    parts: list[str | bytes] = []
    for room in sorted(_rooms()):
        for path in sorted((_ROOT / room).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                parts += [str(path.relative_to(_ROOT)), path.read_bytes()]
    for requirement in requires("xdecimate") or ():
        if "extra ==" not in requirement:
            name = re.split(r"[^\w.-]", requirement)[0]
            parts += [name, version(name)]
    return key(parts)


class _Finder(ModuleFinder):
    """A search that reads sources, runs none of them, and leaves other distributions alone."""

    def __init__(self, outside: Sequence[str]) -> None:
        super().__init__(path=[str(_ROOT)], excludes=[*_CARRIERS, *outside])
        self._rooms = _rooms()

    def read(self, name: str) -> None:
        """Follow the imports of a module, which may be one of another distribution."""
        if name.partition(".")[0] in self._rooms:
            self.import_hook(name)
            return
        found = find_spec(name)
        if found is None or found.origin is None:
            raise ImportError(name)
        module = self.add_module(name)
        module.__file__ = found.origin  # type: ignore[attr-defined]
        self.scan_code(compile(Path(found.origin).read_bytes(), found.origin, "exec"), module)

    def find_module(self, name: str, path: Any, parent: Any = None) -> Any:
        if path is None and name not in self._rooms:
            raise ImportError(name)
        return super().find_module(name, path, parent)


@cache
def _rooms() -> frozenset[str]:
    """The project's top-level packages."""
    if (_ROOT / "pyproject.toml").is_file():
        return frozenset(path.parent.name for path in _ROOT.glob("*/__init__.py"))
    return frozenset((distribution("xdecimate").read_text("top_level.txt") or "").split())
