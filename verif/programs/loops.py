"""Hardware loops within the rules: three instructions or more, no jump or fence, nested ends apart."""

from collections.abc import Callable

from verif.programs.composition import Block
from verif.programs.instruction_generator import InstructionGenerator, word

#: The shortest body, and the least number of instructions from the end of an inner loop to that of the outer.
SHORTEST = 3
APART = 2
#: An instruction word, and whether it is pinned (``Block``).
_Word = tuple[int, bool]


class LoopMaker:
    """Units with one loop, nested loops, or loops one right behind the other.

    Parameters
    ----------
    maker : InstructionGenerator
    trap : callable
        A single word that traps, for the bodies.
    plain : callable
        A word of instructions that run anywhere.
    """

    def __init__(
        self, maker: InstructionGenerator, trap: Callable[[], int], plain: Callable[[], int]
    ) -> None:
        self._maker = maker
        self._trap = trap
        self._plain = plain

    def unit(self) -> Block:
        random = self._maker.random
        kind = random.choice(("loop", "loop", "nested loops", "nested loops", "adjacent loops"))
        if kind == "loop":
            words = self._loop(random.randrange(2), self._body())
        elif kind == "adjacent loops":
            loops = [self._loop(random.randrange(2), self._body()) for _ in range(random.randrange(2, 4))]
            words = [pair for loop in loops for pair in loop]
        else:
            before = [self._body_word() for _ in range(random.randrange(3))]
            after = [self._body_word() for _ in range(random.choice((APART, APART, 3, 5)))]
            inner = self._loop(0, self._body())
            if random.random() < 0.2:
                inner += self._loop(0, self._body())
            words = self._loop(1, before + inner + after)
        pinned = frozenset(index for index, (_, is_pinned) in enumerate(words) if is_pinned)
        return Block(kind, tuple(number for number, _ in words), pinned)

    def _body(self) -> list[_Word]:
        random = self._maker.random
        length = random.choice((SHORTEST, SHORTEST, 4, 5, random.randrange(6, 12)))
        return [self._body_word() for _ in range(length)]

    def _body_word(self) -> _Word:
        return self._random_word(), False

    def _random_word(self) -> int:
        maker, draw = self._maker, self._maker.random.random()
        if draw < 0.04:
            return self._trap()
        if draw < 0.12:
            return maker.csr()
        if draw < 0.6:
            return maker.word_of(maker.random.choice(maker.classes[maker.random.choice(maker.plain)]))
        return self._plain()

    def _loop(self, loop: int, body: list[_Word]) -> list[_Word]:
        """A loop around ``body``, set up in one of the ways there are; the set-up is pinned."""
        random = self._maker.random
        count = random.choice((0, 1, 2, 2, 3, random.randrange(4, 8)))
        length = 4 * len(body)
        (register,) = self._maker.temporaries(1)
        ways: list[Callable[[], list[int]]] = [
            lambda: [word("cv.setupi", loop=loop, count=count, uimm=length + 4)],
            lambda: [
                word("addi", rd=register, rs1=0, imm=count),
                word("cv.setup", loop=loop, rs1=register, uimm=length + 4),
            ],
            lambda: [
                word("cv.starti", loop=loop, uimm=12),
                word("cv.endi", loop=loop, uimm=length + 8),
                word("cv.counti", loop=loop, count=count),
            ],
            lambda: [
                word("auipc", rd=register, imm=0),
                word("addi", rd=register, rs1=register, imm=28),
                word("cv.start", loop=loop, rs1=register),
                word("addi", rd=register, rs1=register, imm=length),
                word("cv.end", loop=loop, rs1=register),
                word("addi", rd=register, rs1=0, imm=count),
                word("cv.count", loop=loop, rs1=register),
            ],
        ]
        if length + 4 >= 128:  # cv.setupi reaches 31 words
            ways = ways[1:]
        return [(number, True) for number in random.choice(ways)()] + body
