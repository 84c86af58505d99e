"""When the simulator itself fails."""

from pathlib import Path

_TAIL = 40


class SimulationError(RuntimeError):
    """The simulator could not be built, crashed, or did not finish its jobs: the message ends with its log."""

    def __init__(self, what: str, log: Path) -> None:
        lines = log.read_text(errors="replace").splitlines() if log.exists() else ["(it wrote no log)"]
        super().__init__("\n".join([what, *lines[-_TAIL:]]))
