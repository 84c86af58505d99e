"""Traps of every cause, each behind an instruction of a random class, and interrupts at random cycles."""

from collections.abc import Callable

from hw.config import MEMORY_MAP
from hw.instructions import ADDRESSES
from verif.programs.composition import Block
from verif.programs.hazard_class import hazard_class, memory_classes
from verif.programs.hazards import address_fields
from verif.programs.instruction_generator import InstructionGenerator, immediate, word
from verif.programs.prologue import ALL_INTERRUPTS, MSTATUS_MIE, OUTSKIRTS
from verif.units.verification import verification

#: Addresses that are nowhere, or whose following bytes are.
_EDGES = (MEMORY_MAP.l1.base, MEMORY_MAP.l1.end, MEMORY_MAP.l2.base)
#: As far below any code there is no memory.
_BELOW = 0x4_0000


class TrapMaker:
    """Blocks that trap and continue; with ``interrupts`` there are some, so that it can wait for them."""

    def __init__(self, maker: InstructionGenerator, *, interrupts: bool) -> None:
        self._maker = maker
        self._interrupts = interrupts
        self._unit_accesses = {
            hazard_class(row): part.access
            for unit in maker.config.units
            for row in unit.instructions
            if (part := verification(unit)).access and row.accesses_memory
        }
        random = maker.random
        #: What comes well before, and what traps.
        self._causes: dict[str, Callable[[], tuple[list[int], list[int]]]] = {
            "illegal": lambda: ([], [maker.illegal()]),
            "illegal csr": lambda: ([], [maker.illegal_csr()]),
            "call": lambda: ([], [word(random.choice(("ecall", "ebreak")))]),
            "misaligned jump": self._misaligned_jump,
            "misaligned branch": self._misaligned_branch,
            "fetch fault": self._fetch_fault,
            "access fault": self._access_fault,
        }
        # The causes that come from several classes come more often.
        self._kinds = (*self._causes, "misaligned jump", *["access fault"] * 3)
        if maker.config.has("c"):  # no target is misaligned
            self._kinds = tuple(kind for kind in self._kinds if not kind.startswith("misaligned"))

    def single(self) -> int:
        """One word that traps, in the body of a hardware loop too."""
        maker, random = self._maker, self._maker.random
        choices = (
            maker.illegal,
            maker.illegal_csr,
            lambda: word(random.choice(("ecall", "ebreak"))),
            lambda: self._fault(0),
        )
        return random.choice(choices)()

    def unit(self) -> Block:
        """A trap between two instructions of random classes."""
        random = self._maker.random
        kind = random.choice(self._kinds)
        set_up, trap = self._causes[kind]()
        words = [*set_up, *self._neighbour()]
        draw = random.random()
        if draw < 0.1:
            here = self._maker.registers.here
            words += [word("auipc", rd=here, imm=0), *trap]
            words.append(word("jalr", rd=self._maker.register(), rs1=here, imm=4 * (len(trap) + 2)))
        elif draw < 0.2 and self._interrupts:
            words += [*self._sleep(), *trap, word("wfi")]
        elif draw < 0.3:
            words += [*trap, random.choice((word("ecall"), self._maker.illegal()))]
        else:
            words += [*trap, *self._neighbour()]
        return Block(kind, tuple(words))

    def pair(self) -> Block:
        """Two instructions of random classes side by side."""
        maker = self._maker
        words = self._neighbour()
        if maker.random.random() < 0.2:
            here = maker.registers.here
            jump = word("jalr", rd=maker.register(), rs1=here, imm=4 * (len(words) + 2))
            return Block("pair", (word("auipc", rd=here, imm=0), *words, jump))
        return Block("pair", (*words, *self._neighbour()))

    def _neighbour(self) -> list[int]:
        """Instructions of which the last is of a random class."""
        maker, random = self._maker, self._maker.random
        kinds = (*maker.plain, "branch", "jump", "csr", "csr", "fence", "loop", "jump_register", "return")
        kind = random.choice((*kinds, "wait") if self._interrupts else kinds)
        if kind == "jump_register":
            (register,) = maker.temporaries(1)
            return [word("auipc", rd=register, imm=0), word("jalr", rd=maker.register(), rs1=register, imm=8)]
        if kind == "return":
            return self._return()
        if kind == "wait":
            return [*self._sleep(), word("wfi")]
        return [self._neighbour_word(kind)]

    def _neighbour_word(self, kind: str) -> int:
        """One instruction of a class that needs no other."""
        maker, random = self._maker, self._maker.random
        if kind == "branch":
            return maker.word_of(random.choice(maker.classes["branch"]), imm=4)
        if kind == "jump":
            return word("jal", rd=maker.register(), imm=4)
        if kind == "csr":
            return maker.csr()
        if kind == "fence":
            return word("fence", fm=0, pred=random.randrange(16), succ=random.randrange(16), r1=0, r2=0)
        if kind == "loop" and maker.config.has("xcvhwlp"):
            return word("cv.counti", loop=random.randrange(2), count=0)
        kind = kind if kind in maker.plain else random.choice(maker.plain)
        return maker.word_of(random.choice(maker.classes[kind]))

    def _return(self) -> list[int]:
        """An mret to the next instruction, right behind one of a random class that leaves mepc alone."""
        maker, random = self._maker, self._maker.random
        (register,) = maker.temporaries(1)
        kinds = (*maker.plain, "branch", "jump", "csr", "fence", "loop", "jump_register")
        kind = random.choice((*kinds, "wait") if self._interrupts else kinds)
        if kind == "csr":
            before = word("csrrw", rd=0, csr=ADDRESSES["mscratch"], rs1=register)
        elif access := self._unit_accesses.get(kind):
            before = access(maker, register)
        elif kind == "jump_register":
            before = word("jalr", rd=maker.register(), rs1=register, imm=-4)
        elif kind == "wait":
            before = word("wfi")
        else:
            before = self._neighbour_word(kind)
        return [
            *(
                self._sleep()
                if kind == "wait"
                else [word("csrrci", rd=0, csr=ADDRESSES["mstatus"], uimm=MSTATUS_MIE)]
            ),
            word("auipc", rd=register, imm=0),
            word("addi", rd=register, rs1=register, imm=20),
            word("csrrw", rd=0, csr=ADDRESSES["mepc"], rs1=register),
            before,
            word("mret"),
        ]

    def _misaligned_jump(self) -> tuple[list[int], list[int]]:
        maker, random = self._maker, self._maker.random
        offset = 4 * random.randrange(-100, 100) + 2
        if random.random() < 0.5:
            return [], [word("jal", rd=maker.register(), imm=offset)]
        nowhere = maker.registers.nowhere
        jump = word("jalr", rd=maker.register(), rs1=nowhere, imm=offset + random.randrange(2))
        return [word("auipc", rd=nowhere, imm=0)], [jump]

    def _misaligned_branch(self) -> tuple[list[int], list[int]]:
        maker, random = self._maker, self._maker.random
        first = maker.register()
        second = first if random.random() < 0.5 else maker.register()
        row = random.choice(maker.classes["branch"])
        others = {"rs2": second} if "rs2" in row.fields else {}
        return [], [maker.word_of(row, rs1=first, **others, imm=4 * random.randrange(-50, 50) + 2)]

    def _fetch_fault(self) -> tuple[list[int], list[int]]:
        """A jump to nowhere, or off the end of memory; the handler continues at the link."""
        registers, random = self._maker.registers, self._maker.random
        draw = random.random()
        if draw < 0.2:
            return [], [word("jal", rd=registers.resume, imm=-_BELOW)]
        if draw < 0.4:
            return [], [
                word("csrrci", rd=0, csr=ADDRESSES["mstatus"], uimm=MSTATUS_MIE),
                *immediate(registers.nowhere, MEMORY_MAP.l1.end),
                word("csrrw", rd=0, csr=ADDRESSES["mepc"], rs1=registers.nowhere),
                word("auipc", rd=registers.resume, imm=0),
                word("addi", rd=registers.resume, rs1=registers.resume, imm=12),
                word("mret"),
            ]
        target = random.choice((random.getrandbits(28) << 2 | 1 << 31, *OUTSKIRTS, MEMORY_MAP.l1.end, 0))
        if self._maker.config.has("c") and random.random() < 0.4:
            target = random.choice((target | 2, OUTSKIRTS[-1] + 2))
        jump = word("jalr", rd=registers.resume, rs1=registers.nowhere, imm=0)
        return immediate(registers.nowhere, target), [jump]

    def _access_fault(self) -> tuple[list[int], list[int]]:
        registers, random = self._maker.registers, self._maker.random
        address = random.choice((random.getrandbits(31) | 1 << 31, *_EDGES)) + random.randrange(-4, 4)
        if random.random() < 0.3:
            address = MEMORY_MAP.l1.end - random.randrange(1, 4)
        return immediate(registers.nowhere, address & 0xFFFF_FFFF), [self._fault(registers.nowhere)]

    def _fault(self, rs1: int) -> int:
        """An access at ``rs1`` and nothing added, but for the offset of an extension unit."""
        maker, random = self._maker, self._maker.random
        row = random.choice(maker.classes[random.choice(memory_classes(maker.config))])
        fixed = {"rs1": rs1}
        fixed |= dict.fromkeys(set(address_fields(row)) - {"rs1"}, 0)
        return maker.word_of(row, **fixed)

    def interrupt(self) -> Block:
        """Interrupts that come after random numbers of cycles."""
        maker, random = self._maker, self._maker.random
        device, delay = maker.temporaries(2)
        chosen = random.sample(range(3), random.choice((1, 1, 2, 3)))
        words = [
            word("lui", rd=device, imm=MEMORY_MAP.peripherals.base),
            word("addi", rd=delay, rs1=0, imm=random.choice((1, 2, 5, random.randrange(1, 100)))),
        ]
        words += [word("sw", rs2=delay, rs1=device, imm=4 * number) for number in chosen]
        return Block("interrupt", (*words, *self._enable(delay)))

    def wait(self) -> Block:
        """wfi with an interrupt on its way, taken there or only after it."""
        random = self._maker.random
        words = self._sleep()
        if random.random() < 0.5:
            words.append(word("csrrsi", rd=0, csr=ADDRESSES["mstatus"], uimm=MSTATUS_MIE))
        words += [*self._neighbour(), word("wfi"), *self._neighbour()]
        words.append(word("csrrsi", rd=0, csr=ADDRESSES["mstatus"], uimm=MSTATUS_MIE))
        return Block("wait", tuple(words))

    def _sleep(self) -> list[int]:
        """Enable all interrupts in mie but not in mstatus, and ask for one: what comes before wfi."""
        maker, random = self._maker, self._maker.random
        device, delay = maker.temporaries(2)
        return [
            word("csrrci", rd=0, csr=ADDRESSES["mstatus"], uimm=MSTATUS_MIE),
            *self._enable(delay)[:-1],
            word("lui", rd=device, imm=MEMORY_MAP.peripherals.base),
            word("addi", rd=delay, rs1=0, imm=random.randrange(1, 60)),
            word("sw", rs2=delay, rs1=device, imm=4 * random.randrange(3)),
        ]

    def mask(self) -> Block:
        """A change of the interrupt enables."""
        maker, random = self._maker, self._maker.random
        (register,) = maker.temporaries(1)
        if random.random() < 0.6:
            return Block("enable", tuple(self._enable(register)))
        form = random.choice(("csrrw", "csrrs", "csrrc"))
        csr = random.choice((ADDRESSES["mstatus"], ADDRESSES["mie"]))
        if random.random() < 0.3:  # mtvec between its two modes
            return Block(
                "mode", (word(random.choice(("csrrsi", "csrrci")), rd=0, csr=ADDRESSES["mtvec"], uimm=1),)
            )
        return Block(
            "mask", (*immediate(register, random.getrandbits(12)), word(form, rd=0, csr=csr, rs1=register))
        )

    def _enable(self, register: int) -> list[int]:
        return [
            *immediate(register, ALL_INTERRUPTS),
            word("csrrw", rd=0, csr=ADDRESSES["mie"], rs1=register),
            word("csrrsi", rd=0, csr=ADDRESSES["mstatus"], uimm=MSTATUS_MIE),
        ]
