"""Folders of compiled networks for tests."""

from pathlib import Path

from compiler.folder.content import folder_content
from compiler.folder.read import NetworkFolder, read_folder
from compiler.folder.write import write_folder
from compiler.network import Network


def saved(network: Network, path: Path) -> NetworkFolder:
    """The network's folder, below ``path``."""
    path.mkdir(exist_ok=True)
    write_folder(path / "network", folder_content(network))
    return read_folder(path / "network")
