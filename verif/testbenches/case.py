"""Benches and cases of a regression, and its report as JUnit XML."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from common.files import write_atomically


@dataclass(frozen=True)
class Outcome:
    """Outcome of a case: ``failure`` is empty if it passed, otherwise it describes the difference."""

    case: str
    seconds: float
    failure: str

    @property
    def passed(self) -> bool:
        return not self.failure


class Bench(ABC):
    """Cases that share a simulator; ``name`` and ``about`` are shown to the user."""

    name: str
    about: str

    @property
    @abstractmethod
    def cases(self) -> tuple[str, ...]:
        """Names of the cases."""

    @abstractmethod
    def run(self, cases: Sequence[str], seed: int, done: Callable[[Outcome], None]) -> None:
        """Run some of the cases and call ``done`` as each ends.

        Raises ``SimulationError`` when the simulator fails, as opposed to a case.
        """


def write_junit(path: Path, outcomes: Sequence[tuple[Bench, Outcome]]) -> None:
    """Write outcomes as JUnit XML, one suite for each bench.

    Raises ``UserError`` when the file cannot be written.
    """
    root = ElementTree.Element("testsuites")
    for bench in dict.fromkeys(bench for bench, _ in outcomes):
        own = [outcome for other, outcome in outcomes if other is bench]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=bench.name,
            tests=str(len(own)),
            failures=str(sum(not outcome.passed for outcome in own)),
        )
        for outcome in own:
            case = ElementTree.SubElement(
                suite, "testcase", classname=bench.name, name=outcome.case, time=f"{outcome.seconds:.3f}"
            )
            if not outcome.passed:
                ElementTree.SubElement(case, "failure", message=outcome.failure)
    write_atomically(path, ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n")
