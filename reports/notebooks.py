"""The notebooks of examples, with the outputs of today's code: ``python -m reports.notebooks``."""

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

from common.files import write_atomically
from common.results import RESULTS

ROOT = RESULTS.parent
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
#: Seconds for one cell: with an empty cache it builds a simulator, or maps two cores.
_TIMEOUT = 900


def executed(path: Path) -> str:
    """The text of a notebook after all its cells have run, in order, in an empty folder.

    Whatever differs from machine to machine is left out: times, and the version of Python.
    Raises ``nbclient.exceptions.CellExecutionError`` when a cell does.
    """
    notebook = nbformat.read(path, as_version=4)
    metadata = dict(notebook.metadata)
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": folder}
        # Sockets in the folder: no port is open to others.
        sockets = {"transport": "ipc", "ip": f"{folder}/kernel"}
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            config=Config(AsyncKernelManager=sockets),
            timeout=_TIMEOUT,
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": folder}},
        )
        client.execute(env=environment)
    notebook.metadata = nbformat.from_dict(metadata)
    return nbformat.writes(notebook, indent=1) + "\n"


if __name__ == "__main__":
    for path in NOTEBOOKS:
        write_atomically(path, executed(path))
