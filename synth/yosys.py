"""Running Yosys scripts with the version that pyproject.toml pins."""

import shutil
import subprocess
from pathlib import Path

from hw.errors import UserError
from hw.yosys import COMMAND


def run_script(script: str, folder: Path) -> None:
    """Run a script in ``folder``, where all its files lie.

    Raises ``UserError`` with the end of the log, which then lies beside the folder and outlives it.
    """
    (folder / "script.ys").write_text(script)
    # After abc nothing more reaches stdout: the log file is the only complete one.
    process = subprocess.run(
        [COMMAND, "-q", "-l", "yosys.log", "script.ys"], cwd=folder, capture_output=True, text=True
    )
    if process.returncode:
        log, kept = folder / "yosys.log", folder.with_name(f"{folder.name}.log")
        if log.exists():
            shutil.copy(log, kept)
        else:
            kept.write_text(process.stderr)
        last = " / ".join(kept.read_text().strip().splitlines()[-3:])
        raise UserError(f"Yosys failed: {last}; the whole log is {kept}")
