"""The simulation's device in co-simulation: its answers depend on the clock, so the trace gives them."""

from sim.iss.device import Device


class ReplayedDevice(Device):
    """Answers what the core was answered; interrupts come from the trace, too.

    Attributes
    ----------
    answer : int
        What the core loaded with the instruction that comes next.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answer = 0

    def load(self, address: int, size: int) -> int:
        return self.answer

    def store(self, address: int, size: int, value: int) -> None:
        pass
