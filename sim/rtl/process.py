"""A simulator process: start it, watch it, stop it, and report its failures."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from sim.rtl.cocotb_runner import VerilatorRunner
from sim.rtl.errors import SimulationError
from sim.rtl.model import Model


class SimulatorProcess:
    """A model that runs the cocotb tests of ``module`` in ``directory``.

    It has a process group of its own, so that Ctrl-C reaches the parent alone, which then stops it.
    """

    def __init__(
        self,
        model: Model,
        module: str,
        directory: Path,
        *,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.log = directory / "simulator.log"
        self.results = directory / "results.xml"
        self._what = f"the simulator of {model.toplevel} with {module}"
        env = VerilatorRunner().test_environment(model.toplevel, module)
        env |= {"COCOTB_RESULTS_FILE": str(self.results), "COCOTB_ANSI_OUTPUT": "0"} | dict(environment or {})
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [str(model.executable), *arguments],
                cwd=directory,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """End it now; does nothing when it has ended."""
        self._process.kill()
        self._process.wait()

    def check(self, *, tests_pass: bool = True) -> None:
        """Raise ``SimulationError`` unless it ended with results and, for ``tests_pass``, no failures."""
        if (code := self._process.wait()) != 0:
            raise SimulationError(f"{self._what} ended with status {code}:", self.log)
        if not self.results.exists():
            raise SimulationError(f"{self._what} wrote no results:", self.log)
        cases = ElementTree.parse(self.results).getroot().findall(".//testcase")
        failed = [
            case for case in cases if case.find("failure") is not None or case.find("error") is not None
        ]
        if not cases or (tests_pass and failed):
            raise SimulationError(f"{self._what}: {len(failed)} of {len(cases)} tests failed:", self.log)
