"""Generating riscv-formal's checks of the core from a checkout of riscv-formal, and running them."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from hw.config import BASELINE, RV32IM, XDECIMATE, CoreConfig
from hw.errors import UserError
from hw.files import BUILD
from hw.generate import component_verilog, core_verilog
from verif.formal.riscv_formal.altops import AlternativeCore
from verif.formal.riscv_formal.channels import wrapper
from verif.formal.sby import ENGINE

#: Seconds for one check.
TIMEOUT = 3600

_FOLDER = BUILD / "riscv-formal"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Checks that share a core, a wrapper and depths.

    Parameters
    ----------
    name : str
    config : CoreConfig
    isa : str
        Which of riscv-formal's instruction checks, if ``depths`` has any.
    depths : mapping of str to str
        How a check's name begins, to riscv-formal's depths: where reset ends, the trigger of those that have
        one, and the clock cycle that is looked at.
    csrs : tuple of str
        CSRs and their tests, as riscv-formal's checks.cfg has them.
    alternative : bool
        Alternative arithmetic instead of multiplier and divider; otherwise the Verilog that everyone gets.
    two_channels : bool
        Post-incremented pointers as a channel of their own, below the instruction's.
    defines : tuple of str
    only : str
        Regular expression of the checks to keep.
    """

    name: str
    config: CoreConfig
    isa: str
    depths: dict[str, str]
    csrs: tuple[str, ...] = ()
    alternative: bool = False
    two_channels: bool = False
    defines: tuple[str, ...] = ()
    only: str = "."

    @property
    def settings(self) -> str:
        """checks.cfg."""
        defines = ["RISCV_FORMAL_MEM_FAULT"] * (not self.two_channels) + list(self.defines)
        defines += ["RISCV_FORMAL_ALTOPS"] * self.alternative
        sections = {
            "options": [f"isa {self.isa}", "solver z3", f"nret {1 + self.two_channels}"],
            "depth": [f"{check} {depths}" for check, depths in self.depths.items()],
            "csrs": self.csrs,
            "filter-checks": [f"+ {self.only}", "- ."],
            "defines": [f"`define {name}" for name in defines],
            "verilog-files": ["@basedir@/cores/@core@/wrapper.sv", "@basedir@/cores/@core@/core.v"],
        }
        return "".join(f"[{name}]\n" + "\n".join(lines) + "\n\n" for name, lines in sections.items())

    def depth_of(self, check: str) -> str:
        """The depths of a check, as ``depths`` has them."""
        return next(depth for name, depth in self.depths.items() if check.startswith(name))

    @property
    def verilog(self) -> str:
        """The core with its trace port."""
        if self.alternative:
            return component_verilog(AlternativeCore(self.config, rvfi=True), "core")
        return core_verilog(self.config, rvfi=True)


#: Without wait states the first instruction is reported in cycle 5; each cycle more lets in another one, or a
#: wait state.
_CONSISTENCY = {
    "reg": "1 7",
    "pc_fwd": "1 7",
    "pc_bwd": "1 7",
    "unique": "1 5 7",
    "causal": "1 7",
    "ill": "7",
}
GROUPS = (
    Group(
        name="rv32i",
        config=RV32IM,
        isa="rv32i",
        depths={
            **_CONSISTENCY,
            "insn": "7",
            "fault": "7",
            "csrw": "7",
            "csrc_any": "1 7",
            "csrc_const": "1 7",
        },
        csrs=("mscratch any", "mvendorid const=32'h0", "mcause"),
        only="(?!csrw_m(vendorid|cause))",  # not every bit can be written
    ),
    Group(
        name="rv32m",
        config=RV32IM,
        isa="rv32im",
        depths={"insn": "7"},
        alternative=True,
        only="insn_(mul|div|rem)",
    ),
    Group(  # with alternative arithmetic: a division takes up to 35 cycles
        name="liveness",
        config=RV32IM,
        isa="rv32i",
        depths={"liveness": "1 5 13"},
        alternative=True,
    ),
    Group(
        name="baseline",
        config=BASELINE,
        isa="rv32i",
        depths=_CONSISTENCY,
        alternative=True,
        only="(?!reg)",
    ),
    Group(
        name="xdecimate",
        config=XDECIMATE,
        isa="rv32i",
        depths=_CONSISTENCY,
        alternative=True,
        only="(?!reg)",
    ),
    Group(
        name="xdecimate_registers",
        config=XDECIMATE,
        isa="rv32i",
        depths=_CONSISTENCY,
        alternative=True,
        two_channels=True,
        only="reg_ch1",
    ),
    Group(
        name="xdecimate_third_source",
        config=XDECIMATE,
        isa="rv32i",
        depths=_CONSISTENCY,
        alternative=True,
        two_channels=True,
        defines=("XD_THIRD_SOURCE",),
        only="reg_ch1",
    ),
)


def _deepen(depths: str, cycles: int) -> str:
    *earlier, last = depths.split()
    return " ".join([*earlier, str(int(last) + cycles)])


def generate(group: Group, checkout: Path, deeper: int = 0) -> list[Path]:
    """Write a group's checks with riscv-formal's own generator; returns the ``.sby`` files.

    ``deeper``: clock cycles that every check looks further than its depth. Raises ``UserError`` when
    ``checkout`` is none of riscv-formal, or its generator fails.
    """
    generator = checkout.resolve() / "checks" / "genchecks.py"
    if not generator.exists():
        raise UserError(
            f"{checkout} is no checkout of riscv-formal: checks/genchecks.py is missing; "
            "give the path of a clone of github.com/YosysHQ/riscv-formal"
        )
    core = _FOLDER / "cores" / group.name
    shutil.rmtree(core, ignore_errors=True)
    core.mkdir(parents=True)
    for part in ("checks", "insns"):  # the generator looks for them two folders up
        shutil.rmtree(_FOLDER / part, ignore_errors=True)
        shutil.copytree(checkout / part, _FOLDER / part)
    group = replace(group, depths={check: _deepen(depth, deeper) for check, depth in group.depths.items()})
    (core / "checks.cfg").write_text(group.settings)
    (core / "wrapper.sv").write_text(wrapper(two_channels=group.two_channels))
    (core / "core.v").write_text(group.verilog)
    done = subprocess.run(
        [sys.executable, str(_FOLDER / "checks" / "genchecks.py")], cwd=core, capture_output=True, text=True
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().rpartition("\n")[2]
        raise UserError(f"riscv-formal's genchecks.py failed in {core}: {last}")
    files = sorted((core / "checks").glob("*.sby"))
    for file in files:
        text = file.read_text().replace("[options]\n", f"[options]\ntimeout {TIMEOUT}\n")
        file.write_text(re.sub(r"^smtbmc z3$", ENGINE, text, flags=re.MULTILINE))
    return files
