"""Tests of the public suites as a folder of ELF files: run on the RTL, judged by exit code and signature."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import UserError
from hw.config import MEMORY_MAP, CoreConfig, Region
from sim.elf import Program, load_elf
from sim.iss.machine import Machine
from sim.iss.memory import Memory
from sim.rtl.job import Job, Result
from sim.rtl.run import run_programs
from verif.suites.signature import BEGIN, END, signature_region, signature_text

#: link.ld links all of a test into L1, of which the suites need more than the memory map's default.
L1_BYTES = 4 << 20
MEMORIES = (Region(base=MEMORY_MAP.l1.base, size=L1_BYTES), MEMORY_MAP.l2)
#: A reference signature lies beside its ELF file, with this suffix in place of .elf.
REFERENCE = ".reference_output"
MAX_CYCLES = 5_000_000


@dataclass(frozen=True, kw_only=True)
class SuiteTest:
    """One test: ``group`` is its folder below the one that was given, ``name`` its file without .elf."""

    group: str
    name: str
    program: Program

    @property
    def has_signature(self) -> bool:
        """True if the test has a signature to compare; tests that check themselves have an empty one."""
        symbols = self.program.symbols
        return symbols.get(BEGIN, 0) != symbols.get(END, 0)

    @property
    def reference(self) -> str | None:
        """The suite's own signature, if one lies beside the ELF file."""
        path = self.program.path.with_suffix(REFERENCE)
        return path.read_text().lower() if path.exists() else None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Verdict on a test: ``failure`` is empty if it passed.

    ``reference`` is the source of the expected signature: ``suite``, ``model`` (ours) or ``none``.
    """

    group: str
    name: str
    config: str
    reference: str
    failure: str


@dataclass(frozen=True, kw_only=True)
class Unusable:
    """A file in the place of a test that cannot be run, for a ``reason``."""

    group: str
    name: str
    reason: str

    def verdict(self, config: CoreConfig) -> Verdict:
        """It fails on any core."""
        return Verdict(
            group=self.group,
            name=self.name,
            config=config.name,
            reference="none",
            failure=f"cannot be run: {self.reason}",
        )


def summary(verdicts: Sequence[Verdict]) -> list[dict]:
    """Verdicts by group and configuration, for JSON: names that passed, and why others failed."""
    rows: dict[tuple[str, str], dict] = {}
    for verdict in verdicts:
        row = rows.setdefault(
            (verdict.group, verdict.config),
            {"group": verdict.group, "config": verdict.config, "references": [], "passed": [], "failed": {}},
        )
        if verdict.reference not in row["references"]:
            row["references"].append(verdict.reference)
        if verdict.failure:
            row["failed"][verdict.name] = verdict.failure
        else:
            row["passed"].append(verdict.name)
    return list(rows.values())


def find_tests(
    folder: Path, expression: str = "", *, compressed: bool = True
) -> tuple[list[SuiteTest], list[Unusable]]:
    """The ELF files below a folder whose ``group/name`` contains the expression, in order.

    ``compressed``: the cores execute compressed instructions, and files that have them can be used.
    Raises ``UserError`` when there is none.
    """
    tests: list[SuiteTest] = []
    unusable: list[Unusable] = []
    for path in sorted(folder.rglob("*.elf")):
        group = path.parent.relative_to(folder).as_posix()
        if expression not in f"{group}/{path.stem}":
            continue
        try:
            program = load_elf(path, MEMORIES, compressed=compressed)
            test = SuiteTest(group=group, name=path.stem, program=program)
            if test.has_signature:
                signature_region(test.program)
            tests.append(test)
        except UserError as error:
            unusable.append(Unusable(group=group, name=path.stem, reason=str(error)))
    if not tests and not unusable:
        wanted = f" whose name contains {expression!r}" if expression else ""
        raise UserError(f"{folder} has no file *.elf{wanted}; compile tests as docs/riscv_suites.md shows")
    return tests, unusable


def run_suite(
    config: CoreConfig, tests: Sequence[SuiteTest], on_verdict: Callable[[Verdict], None]
) -> list[Verdict]:
    """Run tests on the RTL of a configuration and judge each; ``on_verdict`` is called as each has ended.

    A test passes when it ends with 0 and its signature is the suite's or, where that has none, our
    instruction-set model's.

    Raises ``SimulationError`` when the simulator fails.
    """
    jobs = [
        Job(
            program=test.program,
            max_cycles=MAX_CYCLES,
            l1_bytes=L1_BYTES,
            dumps={"signature": signature_region(test.program)} if test.has_signature else {},
        )
        for test in tests
    ]
    verdicts = []

    def judge(number: int, result: Result) -> None:
        test = tests[number]
        source, expected = _expected(config, test)
        found = signature_text(result.dumps["signature"]) if test.has_signature else ""
        if result.exit_code is None:
            failure = f"did not end within {MAX_CYCLES} cycles; last fetch at {result.last_fetch:#010x}"
        elif result.exit_code:
            failure = f"ended with {result.exit_code}"
        else:
            failure = _difference(found, expected)
        verdict = Verdict(
            group=test.group,
            name=test.name,
            config=config.name,
            reference=source,
            failure=failure,
        )
        verdicts.append(verdict)
        on_verdict(verdict)

    run_programs(config, jobs, on_result=judge)
    return verdicts


def _expected(config: CoreConfig, test: SuiteTest) -> tuple[str, str]:
    """Source of the expected signature, and its text."""
    if not test.has_signature:
        return "none", ""
    if (reference := test.reference) is not None:
        return "suite", reference
    machine = Machine(config, Memory(MEMORIES))
    machine.load(test.program)
    machine.run(MAX_CYCLES)
    region = signature_region(test.program)
    return "model", signature_text(machine.memory.read(region.base, region.size))


def _difference(found: str, expected: str) -> str:
    if found == expected:
        return ""
    words, wanted = found.split(), expected.split()
    if len(words) != len(wanted):
        return f"the signature has {len(words)} words and must have {len(wanted)}"
    differing = [n for n, (a, b) in enumerate(zip(words, wanted, strict=True)) if a != b]
    first = differing[0]
    return (
        f"{len(differing)} of {len(words)} words of the signature differ, "
        f"first at {first}: {words[first]}, must be {wanted[first]}"
    )
