"""Benches of a component by itself: a cocotb test module on its generated Verilog."""

import ast
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from common.workplace import workplace
from sim.rtl.model import build_model
from sim.rtl.process import SimulatorProcess
from verif.testbenches.case import Bench, Outcome


@dataclass(frozen=True)
class ComponentBench(Bench):
    """The cocotb tests of ``module`` on the module ``toplevel`` of some generated Verilog.

    Parameters
    ----------
    name, about : str
        Shown to the user.
    verilog : callable
        Generates the Verilog.
    toplevel : str
        Module under test.
    module : str
        Python module with ``@cocotb.test`` functions; these are the cases.
    """

    name: str
    about: str
    verilog: Callable[[], str]
    toplevel: str
    module: str

    @property
    def cases(self) -> tuple[str, ...]:
        # Read, not imported: cocotb's decorators belong inside the simulator.
        spec = find_spec(self.module)
        assert spec is not None
        assert spec.origin is not None
        tree = ast.parse(Path(spec.origin).read_text())
        return tuple(
            node.name
            for node in tree.body
            if isinstance(node, ast.AsyncFunctionDef)
            and any("cocotb.test" in ast.unparse(decorator) for decorator in node.decorator_list)
        )

    def run(self, cases: Sequence[str], seed: int, done: Callable[[Outcome], None]) -> None:
        model = build_model(self.verilog(), self.toplevel)
        with workplace() as folder:
            chosen = "|".join(map(re.escape, cases))
            environment = {"COCOTB_RANDOM_SEED": str(seed), "COCOTB_TEST_FILTER": rf"\.({chosen})$"}
            process = SimulatorProcess(model, self.module, folder, environment=environment)
            try:
                while process.running:
                    time.sleep(0.05)
                process.check(tests_pass=False)
            finally:
                process.stop()
            for case in ElementTree.parse(process.results).getroot().iter("testcase"):
                failure = case.find("failure")
                if failure is None:
                    failure = case.find("error")
                message = "" if failure is None else failure.get("message") or failure.text or "failed"
                done(Outcome(case.get("name", ""), float(case.get("time", 0)), message))
