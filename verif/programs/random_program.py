"""Random programs: what the other modules make, in a random mix."""

from collections.abc import Callable
from functools import partial
from random import Random

from hw.config import MEMORY_MAP, CoreConfig
from verif.programs.builder import DATA
from verif.programs.composition import Block, Composition
from verif.programs.compressed import CompressedMaker
from verif.programs.half_words import HalfWordMaker
from verif.programs.hazards import HazardMaker
from verif.programs.instruction_generator import DATA_BYTES, L1_DATA, InstructionGenerator, immediate, word
from verif.programs.loops import LoopMaker
from verif.programs.prologue import OUTSKIRTS, Interrupts, head, outskirts
from verif.programs.registers import Registers
from verif.programs.streams import StreamMaker
from verif.programs.traps import TrapMaker
from verif.units.verification import verifications


class RandomProgram:
    """Writes a program for a configuration.

    Parameters
    ----------
    random : Random
        Source of every choice.
    config : CoreConfig
        Instructions are those of its extensions.
    interrupts : Interrupts or None
        How often interrupts come; None for a program without any, whose end does not depend on time.
    """

    def __init__(self, random: Random, config: CoreConfig, interrupts: Interrupts | None) -> None:
        self._random = random
        self._registers = Registers.draw(random, compressed=config.has("c"))
        self._maker = maker = InstructionGenerator(random, config, self._registers)
        self._compressed = CompressedMaker(maker) if config.has("c") else None
        self._interrupts = interrupts
        self._traps = traps = TrapMaker(maker, interrupts=interrupts is not None)
        streams = StreamMaker(maker)
        mix: list[tuple[float, Callable[[], Block]]] = [
            (10, lambda: Block("plain", (self._slot(),))),
            (2, HazardMaker(maker).unit),
            (1, traps.unit),
            (0.4, traps.pair),
            (0.5, self._pointer),
            (0.4, lambda: Block("csr", (maker.csr(),))),
            (0.4, self._branch),
            (0.3, self._jump),
            (0.15, self._software_loop),
            (0.3, streams.self_hits),
            (0.002, streams.modified_code),
        ]
        if config.has("xcvhwlp"):
            mix.append((1, LoopMaker(maker, traps.single, self._slot).unit))
        if config.has("c"):
            mix.append((3, HalfWordMaker(maker, traps.single).unit))
        mix += [(1, partial(part.stream, maker)) for part in verifications(config)]
        if interrupts:
            mix += [(0.15, traps.interrupt), (0.15, traps.wait), (0.2, traps.mask)]
        self._weights = [weight for weight, _ in mix]
        self._makers = [make for _, make in mix]

    def compose(self, length: int, passes: int) -> Composition:
        """A program whose units have at least ``length`` instructions together and run ``passes`` times."""
        random = self._random
        words, entry = head(random, self._maker.config, self._registers, self._interrupts)
        units = []
        size = 0
        while size < length:
            for make in random.choices(self._makers, self._weights, k=32):
                units.append(make())
                size += len(units[-1].words)
        memory = {
            DATA: random.randbytes(DATA_BYTES),
            L1_DATA: random.randbytes(DATA_BYTES),
            MEMORY_MAP.l1.base: random.randbytes(8),
            MEMORY_MAP.l1.end - 8: random.randbytes(8),
            OUTSKIRTS[0]: outskirts(self._registers, self._maker.config),
        }
        return Composition(tuple(words), entry, tuple(units), passes, self._registers.passes, memory)

    def _slot(self) -> int:
        """A plain instruction, or two compressed ones."""
        if self._compressed and self._random.random() < 0.3:
            return self._compressed.plain_pair()
        return self._maker.plain_word()

    def _pointer(self) -> Block:
        return Block(
            "pointer", tuple(immediate(self._random.choice(self._registers.pointers), self._maker.pointer()))
        )

    def _branch(self) -> Block:
        """A branch over a few instructions."""
        maker, random = self._maker, self._random
        skipped = [self._slot() for _ in range(random.randrange(1, 4))]
        row = random.choice(maker.classes["branch"])
        distance = 4 * (len(skipped) + 1)
        if "imm5" in row.fields and random.random() < 0.5:
            # A register has one value of 2**32, and seldom the one that it is compared with.
            register, value = maker.register(zero=False), random.randrange(-16, 16)
            set_up = word("addi", rd=register, rs1=0, imm=value)
            branch = maker.word_of(row, rs1=register, imm5=value, imm=distance)
            return Block("branch", (set_up, branch, *skipped))
        return Block("branch", (maker.word_of(row, imm=distance), *skipped))

    def _jump(self) -> Block:
        """A jump there and back."""
        maker, random = self._maker, self._random
        body = [self._slot() for _ in range(random.randrange(1, 4))]
        forth = word("jal", rd=maker.register(), imm=4 * (len(body) + 2))
        back = word("jal", rd=maker.register(), imm=-4 * (len(body) + 1))
        out = word("jal", rd=maker.register(), imm=8)
        return Block("jump", (forth, *body, out, back))

    def _software_loop(self) -> Block:
        """A loop that a branch closes."""
        random = self._random
        counter = self._registers.nowhere
        body = [self._slot() for _ in range(random.randrange(1, 6))]
        words = [
            word("addi", rd=counter, rs1=0, imm=random.randrange(1, 5)),
            *body,
            word("addi", rd=counter, rs1=counter, imm=-1),
            word("bne", rs1=counter, rs2=0, imm=-4 * (len(body) + 1)),
        ]
        return Block("software loop", tuple(words))
