"""Parts of the registers in a random program, drawn for each program, so that registers have every part."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Registers:
    """Registers that random instructions must not write, and the others.

    Parameters
    ----------
    pointers : tuple of int
        Point into data, wherever they are post-incremented.
    step : int
        A small increment.
    handler : tuple of int
        Written by the trap handler at any time.
    resume : int
        Address at which the handler continues after a fetch fault.
    nowhere : int
        An address at which a trap waits.
    here : int
        A code address that a jump starts from.
    passes : int
        Counts the passes of the program.
    free : tuple of int
        x0 and all others.
    busy : tuple of int
        A few of these, chosen often so that hazards are frequent.
    """

    pointers: tuple[int, int]
    step: int
    handler: tuple[int, int]
    resume: int
    nowhere: int
    here: int
    passes: int
    free: tuple[int, ...]
    busy: tuple[int, ...]

    @staticmethod
    def draw(random: Random, *, compressed: bool = False) -> "Registers":
        """A random distribution of the parts.

        ``compressed``: compressed accesses can use the pointers. One is among x8 to x15, the other often x2.
        """
        numbers = random.sample(range(1, 32), 31)
        if compressed:
            for place, wanted in enumerate((random.randrange(8, 16), random.choice((2, numbers[1])))):
                former = numbers.index(wanted)
                numbers[place], numbers[former] = wanted, numbers[place]
        return Registers(
            pointers=(numbers[0], numbers[1]),
            step=numbers[2],
            handler=(numbers[3], numbers[4]),
            resume=numbers[5],
            nowhere=numbers[6],
            here=numbers[7],
            passes=numbers[8],
            free=(0, *sorted(numbers[9:])),
            busy=tuple(numbers[9:13]),
        )
