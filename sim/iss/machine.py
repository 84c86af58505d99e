"""The machine: fetches, executes, takes traps, loops, and says what each step did."""

from dataclasses import dataclass, replace

from hw.config import MEMORY_MAP, CoreConfig
from hw.isa.compressed import is_compressed
from hw.isa.instruction import Instruction
from hw.isa.table import SHORTEST_BODY
from sim.diagnosis import Diagnosis, FirstTrap, ShortLoop
from sim.elf import Program
from sim.iss.bind import bind
from sim.iss.bits import MASK
from sim.iss.csrs import Csrs
from sim.iss.memory import Access, Memory
from sim.iss.semantics import ACTIONS
from sim.iss.state import Bound, Site, State
from sim.iss.traps import INTERRUPT, Cause, Trap
from sim.iss.unit_model import unit_models


@dataclass(frozen=True, slots=True)
class Step:
    """Result of one step.

    Parameters
    ----------
    pc, next_pc : int
        Address of the instruction, and of what comes after it.
    word : int or None
        The instruction; None when an interrupt or a fetch fault came before it.
    instruction : Instruction or None
        Its row of the table; None when illegal.
    writes : tuple of (int, int)
        Registers written and their new values, x0 left out, in ascending order.
    access : Access or None
        Data access.
    trap : Trap or None
        The exception that kept the instruction from taking effect, or the interrupt that came before it.
    """

    pc: int
    next_pc: int
    word: int | None
    instruction: Instruction | None
    writes: tuple[tuple[int, int], ...]
    access: Access | None
    trap: Trap | None


class Machine:
    """A hart and its memory, without timing.

    Parameters
    ----------
    config : CoreConfig
        Extensions; instructions and CSRs of the others are illegal.
    memory : Memory or None
        Memory to work on; by default L1 and L2 of the memory map.
    hart_id : int
        What mhartid reads.

    Attributes
    ----------
    pc : int
        Address of the next instruction; after reset, the memory map's boot address.
    csrs : Csrs
        By name; ``csrs.mip`` is where interrupt pins are set.
    diagnosis : Diagnosis
        What went wrong so far.
    """

    def __init__(self, config: CoreConfig, memory: Memory | None = None, hart_id: int = 0) -> None:
        self.config = config
        self.memory = memory or Memory()
        units = unit_models(config)
        self.csrs = Csrs(config, hart_id, units)
        self.pc = MEMORY_MAP.boot
        self.diagnosis = Diagnosis()
        self._find = config.instruction_set.find
        self._compresses = config.has("c")
        self._actions = ACTIONS | {name: bind for unit in units for name, bind in unit.actions.items()}
        self._state = State(self.memory, self.csrs, alignment=config.instruction_alignment)

    @property
    def registers_and_sink(self) -> list[int]:
        """The registers themselves, x0 to x31 and one more (``State``): for those who look often."""
        return self._state.registers

    @property
    def next_mnemonic(self) -> str | None:
        """Mnemonic of the next instruction; None if it is illegal or cannot be fetched."""
        try:
            return self.bound(self.pc).site.instruction.mnemonic
        except Trap:
            return None

    @property
    def registers(self) -> list[int]:
        """The values of x0 to x31."""
        return self._state.registers[:32]

    def set_register(self, number: int, value: int) -> None:
        """Give x1 to x31 a value."""
        if not 1 <= number <= 31:
            raise ValueError(f"register must be in 1..31, not {number}")
        self._state.registers[number] = value & MASK

    def load(self, program: Program) -> None:
        """Put a program into memory and go to its entry; a store to its ``tohost`` will end ``run``."""
        self.memory.write_segments(program.segments)
        self.memory.tohost = program.tohost
        self._state.code.clear()
        self.pc = program.entry

    @property
    def waiting(self) -> bool:
        """True if the last instruction was wfi and no enabled interrupt is pending."""
        return self._state.waiting and not self.csrs.wakes

    def run(self, max_steps: int) -> int:
        """Step until the program ends, waits, is caught or did ``max_steps``; returns the steps."""
        state, memory, csrs, advance = self._state, self.memory, self.csrs, self.advance
        device = memory.device
        for done in range(max_steps):
            if memory.exit_word is not None or self.diagnosis.caught is not None:
                return done
            if device is not None and (device.armed or csrs.mip != device.pins):
                device.tick()
                csrs.mip = device.pins
            if state.waiting:
                if self.waiting:
                    if device is None or not device.armed:
                        return done
                    continue
                state.waiting = False
            if not (csrs.mip and self.take_interrupt()):
                advance()
        return max_steps

    def step(self) -> Step:
        """Execute one instruction, or take one interrupt or exception, and return a record of it.

        A step continues after wfi even if no interrupt is pending, as the architecture allows.
        """
        pc = self.pc
        self._state.waiting = False
        self.memory.access = None
        try:
            site = self.bound(pc).site
        except Trap:
            site = None
        trap = self.take_interrupt() or self.advance()
        if trap is None and site is not None:
            numbers = sorted({site.fields[field] for field in site.instruction.writes} - {0})
            writes = tuple((number, self._state.registers[number]) for number in numbers)
            return Step(pc, self.pc, site.word, site.instruction, writes, self.memory.access, None)
        if trap is not None and not trap.cause & INTERRUPT:
            if site is not None:
                return Step(pc, self.pc, site.word, site.instruction, (), None, trap)
            if trap.cause == Cause.ILLEGAL_INSTRUCTION:
                return Step(pc, self.pc, trap.value, None, (), None, trap)
        return Step(pc, self.pc, None, None, (), None, trap)

    def take_interrupt(self) -> Trap | None:
        """Take the interrupt that is due, if any, and return it."""
        trap = self.csrs.due_interrupt()
        if trap is not None:
            self.pc = self.csrs.enter_trap(self.pc, trap)
        return trap

    def advance(self) -> Trap | None:
        """Execute one instruction whatever interrupts are due; returns the exception that it met."""
        csrs, pc = self.csrs, self.pc
        try:
            bound = self._state.code.get(pc) or self.bound(pc)
            next_pc = bound.execute()
        except Trap as trap:
            self.pc = csrs.enter_trap(pc, trap)
            if self.diagnosis.trap is None:
                self.diagnosis = replace(self.diagnosis, trap=FirstTrap(trap.cause, pc, trap.value))
            if self.pc == pc:
                self.diagnosis = replace(self.diagnosis, caught=pc)
            return trap
        csrs.retired += 1
        if next_pc is None:
            next_pc = bound.following
            if next_pc in csrs.lpend:
                next_pc = self._end_of_loop(next_pc)
        self.pc = next_pc
        return None

    def bound(self, pc: int) -> Bound:
        """The instruction at ``pc``, ready to run; raises ``Trap`` when there is none or it is illegal."""
        if (bound := self._state.code.get(pc)) is not None:
            return bound
        site = self._fetch(pc)
        self._state.code[pc] = bound = Bound(site, bind(self._state, site, self._actions))
        return bound

    def _fetch(self, pc: int) -> Site:
        """The instruction at ``pc``; raises ``Trap`` at the half of it that cannot be fetched."""
        if not self._compresses:
            word = self.memory.fetch(pc, 4)
        elif is_compressed(word := self.memory.fetch(pc, 2)):
            if (row := self.config.instruction_set.find_compressed(word)) is None:
                raise Trap(Cause.ILLEGAL_INSTRUCTION, word)
            return Site(row.row, word, pc, row.row.decode(row.expand(word)), size=2)
        else:
            word |= self.memory.fetch(pc + 2 & MASK, 2) << 16
        instruction = self._find(word)
        if instruction is None:
            raise Trap(Cause.ILLEGAL_INSTRUCTION, word)
        return Site(instruction, word, pc, instruction.decode(word))

    def _end_of_loop(self, end: int) -> int:
        """Count an iteration of the loop that ends at ``end`` and return the next address.

        The inner loop comes first; only when it goes no further round is the outer one asked.
        """
        csrs = self.csrs
        for loop in (0, 1):
            if csrs.lpend[loop] == end and csrs.lpcount[loop]:
                csrs.lpcount[loop] -= 1
                if csrs.lpcount[loop]:
                    start = csrs.lpstart[loop]
                    if 0 < end - start < SHORTEST_BODY and self.diagnosis.loop is None:
                        self.diagnosis = replace(self.diagnosis, loop=ShortLoop(start, end))
                    return start
        return end
