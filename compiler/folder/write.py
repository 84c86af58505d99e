"""Writing the folder of a network: whole, or not at all."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.cache import kept
from common.errors import UserError
from common.files import umask, write_atomically
from compiler.folder.content import RECORD, folder_content
from compiler.folder.read import NetworkFolder, read_folder
from compiler.folder.record import NetworkRecord
from compiler.network import Network
from compiler.report.files import REPORTS, report_files


def check_folder(path: Path) -> None:
    """Raise ``UserError`` unless a network's folder can be written here, before the work begins.

    The path may not exist, be an empty folder, or be one that compile wrote and in which no other files lie.
    """
    target = path.resolve()
    try:
        if target.exists():
            if not target.is_dir():
                raise UserError(f"{path} is no folder; give one, or a name that does not exist yet")
            _check_ours(path, target)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}."):
            pass
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror}; choose a folder in a place that can be written"
        ) from error


def _check_ours(path: Path, target: Path) -> None:
    found = {file.relative_to(target).as_posix() for file in target.rglob("*") if not file.is_dir()}
    if not found:
        return
    if RECORD not in found:
        raise UserError(
            f"{path} holds files but no network ({RECORD}); choose another folder, or empty this one"
        )
    try:
        record = NetworkRecord.from_json((target / RECORD).read_text())
    except UserError:
        return  # of another release, and ours
    if others := sorted(found - {RECORD, *record.files, *REPORTS}):
        raise UserError(
            f"{path} holds {others[0]}, which compile did not write and would delete; move it elsewhere"
        )


def fill_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files to a temporary folder beside ``path``, then rename it.

    Raises ``UserError`` as ``check_folder``; what was there before then stays.
    """
    check_folder(path)
    target = path.resolve()
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        made.chmod(0o777 & ~umask())
        fill_folder(made, files)
        old = made.with_name(f"{made.name}.old")
        if target.exists():
            target.rename(old)
        try:
            made.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror}; choose a folder in a place that can be written"
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def cached_folder(network: Network) -> NetworkFolder:
    """The network in a folder of the cache."""
    files = folder_content(network)
    parts = [part for pair in sorted(files.items()) for part in pair]
    return read_folder(kept("compiled", parts, lambda folder: fill_folder(folder, files)))


def update_report(path: Path, values: Mapping[str, Any]) -> None:
    """Write other figures into the report of a folder; each file is whole at any time.

    Raises ``UserError`` when a file cannot be written.
    """
    for name, content in report_files(values).items():
        write_atomically(path / name, content)
