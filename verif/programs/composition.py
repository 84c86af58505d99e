"""A program as units that can be taken out one by one, between a head and a tail that stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hw.instructions import ADDRESSES
from sim.elf import Program, Segment
from verif.programs.builder import CODE, Builder


@dataclass(frozen=True)
class Block:
    """Instruction words that belong together: they run anywhere, and a program runs without them.

    Parameters
    ----------
    kind : str
        What the unit is there for.
    words : tuple of int
        Instructions, relocatable as a whole.
    pinned : frozenset of int
        Indices of words without which the others might break the rules of hardware loops or of fence.i; the
        rest can each become a nop.
    """

    kind: str
    words: tuple[int, ...]
    pinned: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Composition:
    """A program in parts.

    Parameters
    ----------
    head : tuple of int
        Words at CODE: trap handler, then what sets up registers.
    entry : int
        Index in ``head`` of the first instruction that runs.
    units : tuple of Block
        Run ``passes`` times, in order.
    passes, counter : int
        How often, and the register that counts it down, which no unit writes.
    memory : dict of int to bytes
        Contents of memory at the start, by address.
    """

    head: tuple[int, ...]
    entry: int
    units: tuple[Block, ...]
    passes: int
    counter: int
    memory: Mapping[int, bytes]

    @property
    def length(self) -> int:
        """Instructions in the units."""
        return sum(len(unit.words) for unit in self.units)

    def with_units(self, units: Sequence[Block]) -> "Composition":
        """The same program with other units."""
        return replace(self, units=tuple(units))

    def program(self) -> Program:
        """The program, ready to load; stores all registers to RESULTS before it ends with a pass."""
        out = Builder()
        out.words += self.head
        out.emit("addi", rd=self.counter, rs1=0, imm=self.passes)
        start = out.address
        for unit in self.units:
            out.words += unit.words
        out.emit("addi", rd=self.counter, rs1=self.counter, imm=-1)
        out.emit("beq", rs1=self.counter, rs2=0, imm=8)
        out.emit("jal", rd=0, imm=start - out.address)
        # An interrupt from here on would have the handler write over what the tail works with.
        out.emit("csrrci", rd=0, csr=ADDRESSES["mstatus"], uimm=8)
        out.store_registers(self.counter)
        program = out.finish()
        memory = tuple(Segment(address, data) for address, data in self.memory.items())
        return replace(program, entry=CODE + 4 * self.entry, segments=program.segments + memory)
