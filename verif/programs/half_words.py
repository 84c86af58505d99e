"""Runs of instructions of 16 and 32 bits at any half-word, with jumps, branches and traps among them."""

from collections.abc import Callable
from dataclasses import dataclass

from hw.instructions import ADDRESSES
from hw.isa.compressed import Compressed, is_compressed
from hw.isa.instruction import Instruction
from verif.programs.composition import Block
from verif.programs.compressed import ROWS, CompressedMaker, packed
from verif.programs.instruction_generator import InstructionGenerator, word
from verif.programs.prologue import MSTATUS_MIE


@dataclass(frozen=True)
class _Item:
    """An instruction, made when all places are known.

    Parameters
    ----------
    size : int
        Its bytes.
    make : callable
        Makes its code from the bytes between two items.
    origin, target : int
        Numbers of these two items; both are 0 if the code is the same everywhere.
    """

    size: int
    make: Callable[[int], int]
    origin: int = 0
    target: int = 0


#: Makes items whose first has a number.
_Part = Callable[[int], list[_Item]]


def _fixed(code: int) -> _Item:
    return _Item(2 if is_compressed(code) else 4, lambda _: code)


class HalfWordMaker:
    """Blocks whose instructions begin anywhere; the block itself begins and ends at a word.

    Parameters
    ----------
    maker : InstructionGenerator
    trap : callable
        A single word that traps.
    """

    def __init__(self, maker: InstructionGenerator, trap: Callable[[], int]) -> None:
        self._maker = maker
        self._random = maker.random
        self._compressed = CompressedMaker(maker)
        self._trap = trap
        self._jumps = [ROWS[name] for name in ("c.j", "c.jal") if self._compressed.possible(ROWS[name])]
        self._branches = [ROWS[name] for name in ("c.beqz", "c.bnez")]
        self._register_jumps = [
            ROWS[name] for name in ("c.jr", "c.jalr") if self._compressed.possible(ROWS[name])
        ]

    def unit(self) -> Block:
        """A run of everything, at a half-word for the most part."""
        return self._run(((2, self._interrupted), (1, self._return)))

    def straight(self) -> Block:
        """A run that neither traps nor uses CSRs."""
        return self._run(())

    def _run(self, more: tuple[tuple[int, _Part], ...]) -> Block:
        random = self._random
        items: list[_Item] = []
        if random.random() < 0.7:
            items.append(_fixed(self._compressed.plain()))
        weights, parts = zip(
            (10, self._plain),
            (3, self._branch),
            (2, self._jump),
            (1, self._jump_and_back),
            (2, self._jump_register),
            *more,
            strict=True,
        )
        for part in random.choices(parts, weights, k=random.randrange(3, 8)):
            items += part(len(items))
        words = tuple(_words(items))
        return Block("half-words", words, pinned=frozenset(range(len(words))))

    def _plain(self, _: int = 0) -> list[_Item]:
        random = self._random
        code = self._compressed.plain() if random.random() < 0.5 else self._maker.plain_word()
        return [_fixed(code)]

    def _few(self) -> list[_Item]:
        return [item for _ in range(self._random.randrange(1, 4)) for item in self._plain()]

    def _to(self, row: Instruction | Compressed, origin: int, target: int) -> _Item:
        """A jump or branch of a row from one item to another."""
        if isinstance(row, Compressed):
            return _Item(2, lambda offset: self._compressed.code(row, imm=offset), origin, target)
        return _Item(4, lambda offset: self._maker.word_of(row, imm=offset), origin, target)

    def _branch(self, first: int) -> list[_Item]:
        """A branch over a few instructions."""
        skipped = self._few()
        row = self._random.choice((*self._branches, self._random.choice(self._maker.classes["branch"])))
        return [self._to(row, first, first + 1 + len(skipped)), *skipped]

    def _any_jump(self) -> Instruction | Compressed:
        return self._random.choice((*self._jumps, *self._maker.classes["jump"]))

    def _jump(self, first: int) -> list[_Item]:
        """A jump over a few instructions."""
        skipped = self._few()
        return [self._to(self._any_jump(), first, first + 1 + len(skipped)), *skipped]

    def _jump_and_back(self, first: int) -> list[_Item]:
        """A jump behind a few instructions, to one that jumps back to them; they end with a jump over it."""
        body = self._few()
        back = first + len(body) + 2
        return [
            self._to(self._any_jump(), first, back),
            *body,
            self._to(self._any_jump(), back - 1, back + 1),
            self._to(self._any_jump(), back, first + 1),
        ]

    def _jump_register(self, first: int) -> list[_Item]:
        """A jump by a register, computed just before or in the jump itself."""
        (register,) = self._maker.temporaries(1)
        here = _fixed(word("auipc", rd=register, imm=0))
        skipped = self._few()
        if self._register_jumps and self._random.random() < 0.6:
            target = first + 3 + len(skipped)
            code = self._compressed.code(self._random.choice(self._register_jumps), rs1=register)
            return [here, self._add(register, first, target), _fixed(code), *skipped]
        target = first + 2 + len(skipped)
        link = self._maker.register()
        jump = _Item(4, lambda offset: word("jalr", rd=link, rs1=register, imm=offset), first, target)
        return [here, jump, *skipped]

    def _add(self, register: int, origin: int, target: int) -> _Item:
        """Add the bytes between two items to a register."""
        return _Item(4, lambda offset: word("addi", rd=register, rs1=register, imm=offset), origin, target)

    def _interrupted(self, _: int) -> list[_Item]:
        """A trap, or an instruction that drains the pipeline, between others."""
        random, maker = self._random, self._maker
        fence = word("fence", fm=0, pred=random.randrange(16), succ=random.randrange(16), r1=0, r2=0)
        illegal, stop = self._compressed.illegal(), ROWS["c.ebreak"].match
        code = random.choice((illegal, stop, self._trap(), maker.csr(), fence))
        return [*self._plain(), _fixed(code), *self._plain()]

    def _return(self, first: int) -> list[_Item]:
        """An mret over a few instructions."""
        (register,) = self._maker.temporaries(1)
        skipped = self._few()
        return [
            _fixed(word("csrrci", rd=0, csr=ADDRESSES["mstatus"], uimm=MSTATUS_MIE)),
            _fixed(word("auipc", rd=register, imm=0)),
            self._add(register, first + 1, first + 5 + len(skipped)),
            _fixed(word("csrrw", rd=0, csr=ADDRESSES["mepc"], rs1=register)),
            _fixed(word("mret")),
            *skipped,
        ]


def _words(items: list[_Item]) -> list[int]:
    """The words that hold the items."""
    places = [0]
    for item in items:
        places.append(places[-1] + item.size)
    return packed(item.make(places[item.target] - places[item.origin]) for item in items)
