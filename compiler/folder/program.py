"""The program in a network's folder, compiled as its files lie there, for the cluster."""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from common.errors import UserError
from compiler.folder.read import NetworkFolder
from sw_kernels.build import BuildError, compile_source, link_objects

_FOLDERS = (".", "include", "runtime")
#: How clang and GCC begin the message of an error.
_ERROR = re.compile(r"^(?P<file>.+?):(?P<line>\d+):(?:\d+:)? (?:fatal )?error: (?P<what>.*)$", re.MULTILINE)
_STEP = re.compile(r"^/\* (\d+): ")


def source_files(folder: NetworkFolder) -> list[Path]:
    """Sources to compile, the network's own table and memory first."""
    found = [
        path
        for part in ("src", "runtime")
        for path in sorted((folder.path / part).iterdir())
        if path.suffix in (".c", ".S")
    ]
    return sorted(found, key=lambda path: path.stem != folder.record.name)


def include_folders(path: Path) -> tuple[Path, ...]:
    """Folders of headers and binaries."""
    return tuple(path / name for name in _FOLDERS)


def compiler_flags(folder: NetworkFolder) -> list[str]:
    """Flags that do not say where headers lie."""
    try:
        lines = (folder.path / "flags.txt").read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {folder.path / 'flags.txt'}: {error}; compile again") from error
    return [line for line in lines if line and not line.startswith("-I")]


def link_folder(
    folder: NetworkFolder, extra: Sequence[Path], defines: Mapping[str, str] | None = None
) -> Path:
    """An ELF file of a folder's program and of a main, compiled with more macros.

    Raises ``UserError`` when a file of the folder is missing or rejected; the message names the layer
    if it can.
    """
    options, folders = compiler_flags(folder), include_folders(folder.path)
    own = [*options, *(f"-D{name}={value}" for name, value in (defines or {}).items())]
    sources = [(path, own) for path in extra] + [(path, options) for path in source_files(folder)]
    try:
        with ThreadPoolExecutor(2) as pool:
            objects = list(pool.map(lambda source: compile_source(source[0], source[1], folders), sources))
        script = (folder.path / "link.ld").read_text()
        return link_objects(folder.record.name, objects, options, script)
    except BuildError as error:
        raise UserError(rejected(folder, str(error))) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{folder.path} is not whole ({error}); compile the network again") from error


def rejected(folder: NetworkFolder, message: str) -> str:
    """One message of a compiler's or linker's complaint."""
    if not (found := _ERROR.search(message)):
        return f"the program in {folder.path} cannot be built: {message}"
    return f"{found['file']} line {found['line']}{_layer(folder, found)}: {found['what']}; compile again"


def _layer(folder: NetworkFolder, found: re.Match[str]) -> str:
    """The layer whose plan the line is a part of, or nothing."""
    path = Path(found["file"])
    if path.name != f"{folder.record.name}.c" or not path.is_file():
        return ""
    lines = path.read_text(errors="replace").splitlines()[: int(found["line"])]
    numbers = [int(match[1]) for line in lines if (match := _STEP.match(line))]
    if not numbers or numbers[-1] >= len(folder.record.steps):
        return ""
    return f", layer {folder.record.steps[numbers[-1]].name}"
