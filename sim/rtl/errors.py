"""Failures of the simulator itself."""

import re
from pathlib import Path

_TAIL = 12
_WIDTH = 200


class SimulationError(RuntimeError):
    """A simulator that cannot be built, crashes, or does not finish its jobs; shows the errors of its log."""

    def __init__(self, what: str, log: Path | None = None) -> None:
        if log and log.exists():
            lines = [line[:_WIDTH] for line in log.read_text(errors="replace").splitlines()]
            telling = [line for line in lines if re.search("^%|%fatal|error", line, re.IGNORECASE)]
            what = "\n".join([what, *(telling[:_TAIL] or lines[-_TAIL:])])
        super().__init__(what)
