"""The folder of a compiled network, as others read it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from common.errors import UserError
from compiler.folder.content import GOLDEN, RECORD
from compiler.folder.golden_file import read_golden
from compiler.folder.record import NetworkRecord
from compiler.golden import GoldenNetwork


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkFolder:
    """A folder that compile wrote.

    Parameters
    ----------
    path : Path
    record : NetworkRecord
        What network.json says.
    """

    path: Path
    record: NetworkRecord

    @cached_property
    def golden(self) -> GoldenNetwork:
        """The golden models, from a file that is no part of the program."""
        return read_golden(self.path / GOLDEN)

    @property
    def changed(self) -> list[str]:
        """Files that differ from what compile wrote, or are missing."""
        return [name for name, digest in self.record.files.items() if self._digest(name) != digest]

    def _digest(self, name: str) -> str:
        path = self.path / name
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def read_folder(path: Path) -> NetworkFolder:
    """The network in a folder.

    Raises ``UserError`` when it holds none, or one of another release.
    """
    file = path / RECORD
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} holds no network: cannot read {file} ({error}); "
            "write one with: xdecimate compile MODEL -o FOLDER"
        ) from error
    try:
        return NetworkFolder(path=path, record=NetworkRecord.from_json(text))
    except UserError as error:
        raise UserError(f"cannot use {file}: {error}") from error
