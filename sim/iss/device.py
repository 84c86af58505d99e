"""The simulation's device (``hw.peripherals``) in the model: time is counted in steps of the machine."""

from hw.config import Region
from hw.peripherals import (
    CHARACTER_OUTPUT,
    EXTERNAL_INTERRUPT,
    REGISTERS,
    SOFTWARE_INTERRUPT,
    TIMER_INTERRUPT,
)
from sim.iss.traps import Interrupt

REGION = Region(base=REGISTERS[0], size=4 * len(REGISTERS))
_PINS = {
    SOFTWARE_INTERRUPT: Interrupt.SOFTWARE,
    TIMER_INTERRUPT: Interrupt.TIMER,
    EXTERNAL_INTERRUPT: Interrupt.EXTERNAL,
}


class Device:
    """Interrupts on demand and a text output.

    Attributes
    ----------
    output : bytearray
        Characters that the program wrote.
    pins : int
        The interrupt pins, as mip has them.
    armed : dict of Interrupt to int
        Steps until a pin goes up.
    """

    def __init__(self) -> None:
        self.output = bytearray()
        self.pins = 0
        self.armed: dict[Interrupt, int] = {}

    def load(self, address: int, size: int) -> int:
        """The value of ``size`` bytes from ``address``."""
        words = [self.pins >> _PINS[register] & 1 if register in _PINS else 0 for register in REGISTERS]
        value = sum(word << 32 * index for index, word in enumerate(words))
        return value >> 8 * (address - REGION.base) & (1 << 8 * size) - 1

    def store(self, address: int, size: int, value: int) -> None:
        """A store; registers are written as words."""
        register = address & ~3
        if register == CHARACTER_OUTPUT:
            self.output.append(value & 0xFF)
            return
        pin = _PINS[register]
        self.pins &= ~(1 << pin)
        self.armed.pop(pin, None)
        if value:
            self.armed[pin] = value

    def tick(self) -> None:
        """One step of the machine has passed."""
        for pin in list(self.armed):
            self.armed[pin] -= 1
            if not self.armed[pin]:
                del self.armed[pin]
                self.pins |= 1 << pin
