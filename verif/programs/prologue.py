"""Head of a random program: trap handler, vectors, and first values of registers and devices."""

from dataclasses import dataclass
from random import Random

from hw.config import MEMORY_MAP, CoreConfig
from hw.instructions import ADDRESSES
from hw.units.unit import Unit
from verif.programs.builder import CODE, DATA
from verif.programs.compressed import NOP, pair
from verif.programs.instruction_generator import CORNERS, DATA_BYTES, L1_DATA, SLOT, immediate, move, word
from verif.programs.registers import Registers
from verif.units.verification import verification

MSTATUS_MIE = 8
ALL_INTERRUPTS = 1 << 3 | 1 << 7 | 1 << 11
#: Instructions at the end of L2: run from here and the next fetch is a fault.
OUTSKIRTS = (MEMORY_MAP.l2.end - 8, MEMORY_MAP.l2.end - 4)
_VECTORS = 12
#: Where a handler keeps hidden state that its registers cannot hold.
_CONTEXT = SLOT + 64
_MSTATUS, _MIE, _MTVEC, _MEPC, _MCAUSE, _MTVAL, _MINSTRET = (
    ADDRESSES[name] for name in ("mstatus", "mie", "mtvec", "mepc", "mcause", "mtval", "minstret")
)


@dataclass(frozen=True, kw_only=True)
class Interrupts:
    """Frequency at which the handler requests the next interrupt from the device.

    The delay in cycles is ``(minstret & mask) << shift``, and 40 more or what long handlers take; mask 0 asks
    for none.
    """

    mask: int
    shift: int


def in_context(unit: Unit, register: int, free: int, words: list[int]) -> list[int]:
    """Instructions between saving a unit's hidden state and restoring it.

    One register is saved in ``register``; several behind one CSR in memory, to which ``register`` then
    points.
    Raises ``ValueError`` when the unit has more than one CSR to save.
    """
    saved = [state for state in unit.state if state.saved]
    if len(saved) > 1:
        raise ValueError(f"{unit.name} must have at most 1 CSR to save, not {len(saved)}")
    if not saved:
        return words
    [state] = saved
    address = state.csr.address
    if state.depth == 1:
        return [
            word("csrrs", rd=register, csr=address, rs1=0),
            *words,
            word("csrrw", rd=0, csr=address, rs1=register),
        ]
    save, restore = [], []
    for number in range(state.depth):
        save += [
            word("csrrw", rd=free, csr=address, rs1=0),
            word("sw", rs2=free, rs1=register, imm=4 * number),
        ]
        restore += [
            word("lw", rd=free, rs1=register, imm=4 * number),
            word("csrrw", rd=0, csr=address, rs1=free),
        ]
    return [*immediate(register, _CONTEXT), *save, *words, *restore]


def _guests(random: Random, config: CoreConfig, registers: Registers) -> list[int]:
    """Begin the handler with uses of units that an instruction after the trap may have left midway."""
    first, second = registers.handler
    guests = [
        [word("mulhu", rd=second, rs1=first, rs2=second)],
        [word("remu", rd=first, rs1=second, rs2=first)],
        [word("lui", rd=second, imm=L1_DATA), word("lw", rd=first, rs1=second, imm=random.randrange(1, 4))],
    ]
    guests += [
        in_context(unit, first, second, verification(unit).guest(first, second)) for unit in config.units
    ]
    chosen = random.sample(guests, random.randrange(len(guests) + 1))
    return [number for guest in chosen for number in guest]


def _least_delay(guests: list[int]) -> int:
    """Cycles to the next interrupt at least, which ``addi`` can add.

    Where handlers are long, those of the other two pins must fit in between: with slow memory the program
    would else never leave them: an instruction takes 14 cycles on average where wait states are longest.
    """
    return min(2040, 40 + 64 * max(0, len(guests) - 16))


def _skip(registers: Registers, config: CoreConfig) -> list[int]:
    """Add to the first register, an address, the bytes of the instruction there."""
    first, second = registers.handler
    if not config.has("c"):
        return [word("addi", rd=first, rs1=first, imm=4)]
    return [
        word("lhu", rd=second, rs1=first, imm=0),
        word("andi", rd=second, rs1=second, imm=3),
        word("addi", rd=second, rs1=second, imm=1),
        word("andi", rd=second, rs1=second, imm=4),
        word("srli", rd=second, rs1=second, uimm=1),
        word("addi", rd=first, rs1=first, imm=2),
        word("add", rd=first, rs1=first, rs2=second),
    ]


def handler(registers: Registers, interrupts: Interrupts, guests: list[int], config: CoreConfig) -> list[int]:
    """Vector table and handler: skip a trapped instruction, continue after a fetch fault, lower a pin."""
    first, second = registers.handler
    skip = _skip(registers, config)
    words = [
        *guests,
        word("csrrs", rd=first, csr=_MCAUSE, rs1=0),
        word("csrrs", rd=second, csr=_MTVAL, rs1=0),
        word("blt", rs1=first, rs2=0, imm=4 * (len(skip) + 9)),
        word("addi", rd=second, rs1=0, imm=1),
        word("beq", rs1=first, rs2=second, imm=4 * (len(skip) + 5)),
        word("csrrs", rd=first, csr=_MEPC, rs1=0),
        *skip,
        word("csrrw", rd=0, csr=_MEPC, rs1=first),
        word("csrrs", rd=second, csr=_MSTATUS, rs1=0),
        word("mret"),
        move(first, registers.resume),
        word("jal", rd=0, imm=-4 * 4),
        # An interrupt: causes 3, 7, 11 have registers 0, 4, 8 of the device.
        word("andi", rd=first, rs1=first, imm=12),
        word("lui", rd=second, imm=MEMORY_MAP.peripherals.base),
        word("add", rd=second, rs1=second, rs2=first),
    ]
    if interrupts.mask:
        words += [
            # A count that stands still could ask for interrupts so often that nothing runs between them.
            word("csrrci", rd=0, csr=ADDRESSES["mcountinhibit"], uimm=4),
            word("csrrs", rd=first, csr=_MINSTRET, rs1=0),
            word("andi", rd=first, rs1=first, imm=interrupts.mask),
            word("slli", rd=first, rs1=first, uimm=interrupts.shift),
            word("addi", rd=first, rs1=first, imm=_least_delay(guests)),
            word("sw", rs2=first, rs1=second, imm=0),
        ]
    else:
        words.append(word("sw", rs2=0, rs1=second, imm=0))
    words.append(word("mret"))
    vectors = [word("jal", rd=0, imm=4 * (_VECTORS - number)) for number in range(_VECTORS)]
    return vectors + words


def head(
    random: Random, config: CoreConfig, registers: Registers, interrupts: Interrupts | None
) -> tuple[list[int], int]:
    """Words from CODE on and the index of the first to run; interrupts are enabled if any are asked for."""
    guests = _guests(random, config, registers)
    words = handler(registers, interrupts or Interrupts(mask=0, shift=0), guests, config)
    entry = len(words)
    first, second = registers.handler
    words += immediate(second, 0)  # not reset by the core
    words += immediate(first, CODE | random.randrange(2))
    words.append(word("csrrw", rd=0, csr=_MTVEC, rs1=first))
    if interrupts:
        words += immediate(first, ALL_INTERRUPTS)
        words.append(word("csrrw", rd=0, csr=_MIE, rs1=first))
        words.append(word("lui", rd=first, imm=MEMORY_MAP.peripherals.base))
        for number in range(3):
            words.append(word("addi", rd=second, rs1=0, imm=random.randrange(0, 400)))
            words.append(word("sw", rs2=second, rs1=first, imm=4 * number))
        words.append(word("csrrsi", rd=0, csr=_MSTATUS, uimm=MSTATUS_MIE))
    for register in (*registers.free[1:], registers.resume, registers.nowhere, registers.here):
        words += immediate(register, random.choice((random.getrandbits(32), random.choice(CORNERS))))
    for register in registers.pointers:
        words += immediate(register, DATA + DATA_BYTES // 2)
    words += immediate(registers.step, random.randrange(-16, 16) & 0xFFFF_FFFF)
    return words, entry


def outskirts(registers: Registers, config: CoreConfig) -> bytes:
    """Contents of memory at OUTSKIRTS; with compressed instructions it ends with half an instruction."""
    last = (move(0, 0), move(registers.handler[1], registers.handler[0]))
    if config.has("c"):
        last = (last[1], pair(NOP, last[0] & 0xFFFF))
    return b"".join(w.to_bytes(4, "little") for w in last)
