"""Memory of the model in lockstep: what devices answer is taken from the trace."""

from hw.config import MEMORY_MAP, Region
from hw.peripherals import REGISTERS
from verif.iss.memory import Access, Memory

_DEVICE = Region(base=REGISTERS[0], size=4 * len(REGISTERS))


class FollowingMemory(Memory):
    """L1 of the job's size, L2, and the simulation's device, whose state depends on the clock.

    Attributes
    ----------
    device_answer : int
        What the core loaded with the instruction that comes next, for loads from the device.
    """

    def __init__(self, l1_bytes: int) -> None:
        super().__init__((Region(base=MEMORY_MAP.l1.base, size=l1_bytes), MEMORY_MAP.l2, _DEVICE))
        self.device_answer = 0

    def load(self, address: int, size: int) -> int:
        value = super().load(address, size)
        if address in _DEVICE:
            value = self.device_answer & (1 << 8 * size) - 1
            self.access = Access(address, size, value, store=False)
        return value
