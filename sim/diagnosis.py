"""Diagnosis of a program that goes wrong: first exception, endless trap, hardware loop that is too short."""

from dataclasses import dataclass

from sim.iss.traps import Cause


@dataclass(frozen=True)
class FirstTrap:
    """The first exception of a run, as mcause, mepc and mtval hold it."""

    cause: int
    pc: int
    value: int

    def __str__(self) -> str:
        name = Cause(self.cause).name.lower().replace("_", " ")
        return f"first trap: {name} (mcause {self.cause}), mepc {self.pc:#010x}, mtval {self.value:#010x}"


@dataclass(frozen=True)
class ShortLoop:
    """A hardware loop that was entered with a body of fewer than three instructions."""

    start: int
    end: int

    def __str__(self) -> str:
        body = "1 instruction" if self.end - self.start == 4 else "2 instructions"
        return (
            f"the hardware loop at {self.start:#010x} has a body of {body}; the core needs at least 3, "
            "and the number of times that it runs a shorter body is undefined"
        )


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """Observations on one core.

    Parameters
    ----------
    trap : FirstTrap or None
    caught : int or None
        Address of a trap handler that traps at its first instruction, and therefore endlessly.
    loop : ShortLoop or None
    """

    trap: FirstTrap | None = None
    caught: int | None = None
    loop: ShortLoop | None = None

    @property
    def endless(self) -> str:
        """The reason why the program can never end; empty unless it is caught."""
        if self.caught is None:
            return ""
        return (
            f"the trap handler at {self.caught:#010x} traps endlessly at its first instruction; "
            "set mtvec to a handler"
        )
