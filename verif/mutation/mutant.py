"""Mutants of a generated component: which there are, and the Verilog that holds them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.cache import kept_json
from common.workplace import workplace
from hw import yosys

#: Bits of the input that chooses a mutant.
WIDTH = 16
_ROOT = Path(__file__).parents[2]
#: Part of the commands that fault a register's clock input.
_CLOCK = " -port CLK "
#: Yosys commands after which cells have faults: those that nothing depends on are gone.
READ = "read_rtlil design.il\nproc\nopt_clean\n"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One fault: ``command`` is the Yosys command that makes it, ``number`` the value that chooses it."""

    number: int
    command: str

    @property
    def module(self) -> str:
        """The module that has the fault, ``core.alu``."""
        found = re.search(r"-module (\S+)", self.command)
        assert found is not None
        return found[1].removeprefix("\\")

    @property
    def fault(self) -> str:
        """The fault: kind, port bit of a cell, and the wire if it has a name."""

        def option(name: str) -> str:
            found = re.search(rf"-{name} (\S+)", self.command)
            return found[1].removeprefix("\\") if found else ""

        control = f" by bit {option('ctrlbit')}" if option("ctrlbit") else ""
        wire = f", {option('wire')}[{option('wirebit')}]" if option("wire") else ""
        return f"{option('mode')}{control}: {option('cell')}.{option('port')}[{option('portbit')}]{wire}"

    @property
    def source(self) -> str:
        """Place in hw/ that the cell comes from; empty if Yosys does not report it."""
        found = re.findall(r"-src (\S+?)(?:\|\S*)?(?:\s|$)", self.command)
        return ", ".join(
            str(Path(place).relative_to(_ROOT)) for place in found if place.startswith(f"{_ROOT}/hw/")
        )


@dataclass(frozen=True)
class Population:
    """Mutants drawn from a design.

    Parameters
    ----------
    rtlil : str
        The design, as ``hw.generate.component_rtlil`` makes it.
    mutants : tuple of Mutant
        Numbered from 1.
    """

    rtlil: str
    mutants: tuple[Mutant, ...]

    def verilog(self) -> str:
        """The design with all mutants and the input ``mutant``."""
        commands = (
            mutant.command.replace("mutate ", f"mutate -ctrl mutant {WIDTH} {mutant.number} ", 1)
            for mutant in self.mutants
        )
        return _kept_output(self.rtlil, "\n".join(commands) + "\nwrite_verilog -norename out\n")


def draw(rtlil: str, count: int, seed: int, *, source: str = "", exclude: Sequence[str] = ()) -> Population:
    """Draw mutants at random, evenly over modules, cells and source lines as ``mutate -list`` does.

    With ``source``, only cells get any that come from a source file with this in its path. ``exclude`` names
    what gets none, as Yosys selects it. Cells that nothing depends on are gone before. Clock inputs have no
    faults: the design has one clock, and a fault in its tree is none of the RTL's.
    """
    chosen = f"a:src=*{source}*" if source else "*"
    select = " ".join([f"select -set chosen {chosen}", *(f"{name} %d" for name in exclude)]) + "\n"
    asked = count
    while True:
        text = _kept_output(rtlil, f"{select}mutate -list {asked} -seed {seed} -o out @chosen\n")
        listed = text.splitlines()
        commands = [command for command in listed if _CLOCK not in command]
        if len(commands) >= count or len(listed) < asked:
            break
        asked += count - len(commands)
    return Population(rtlil, tuple(Mutant(number=n, command=c) for n, c in enumerate(commands[:count], 1)))


def _kept_output(rtlil: str, commands: str) -> str:
    """``yosys_output``, kept."""
    ingredients = (rtlil, READ, commands, yosys.version())
    return kept_json("mutants", ingredients, lambda: yosys_output(rtlil, commands))


def yosys_output(rtlil: str, commands: str) -> str:
    """Text that Yosys writes to the file ``out``, given a design and commands after ``READ``."""
    with workplace() as folder:
        (folder / "design.il").write_text(rtlil)
        yosys.run_script(READ + commands, folder)
        return (folder / "out").read_text()
