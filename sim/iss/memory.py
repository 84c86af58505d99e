"""Memory of the model: byte-addressed, little-endian, any alignment, faults outside its regions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hw.config import Region
from sim.elf import MEMORIES, Segment
from sim.iss.device import REGION, Device
from sim.iss.traps import Cause, Trap


@dataclass(frozen=True, slots=True)
class Access:
    """One data access: ``value`` is what was loaded (before extension) or stored."""

    address: int
    size: int
    value: int
    store: bool


class Memory:
    """Zeroed RAM in ``regions``, and the simulation's device, if any.

    Attributes
    ----------
    access : Access or None
        The latest data access, for whoever traces a step.
    device : Device or None
    tohost : int or None
        Address whose store ends the program.
    exit_word : int or None
        The non-zero value that was stored there.
    """

    def __init__(self, regions: Sequence[Region] = MEMORIES, device: Device | None = None) -> None:
        self.device = device
        self._banks = tuple((region.base, region.end, bytearray(region.size)) for region in regions)
        self.access: Access | None = None
        self.tohost: int | None = None
        self.exit_word: int | None = None

    def _find(self, address: int, size: int) -> tuple[bytearray, int] | None:
        for base, end, data in self._banks:
            if base <= address and address + size <= end:
                return data, address - base
        return None

    def fetch(self, address: int, size: int) -> int:
        """An instruction of ``size`` bytes, or a part of one; raises ``Trap``."""
        place = self._find(address, size)
        if place is None:
            raise Trap(Cause.INSTRUCTION_ACCESS, address)
        data, offset = place
        return int.from_bytes(data[offset : offset + size], "little")

    def load(self, address: int, size: int) -> int:
        """``size`` bytes, zero-extended; raises ``Trap`` when any lies outside memory."""
        place = self._find(address, size)
        if place is not None:
            data, offset = place
            value = int.from_bytes(data[offset : offset + size], "little")
        elif self.device and REGION.base <= address <= REGION.end - size:
            value = self.device.load(address, size)
        else:
            raise Trap(Cause.LOAD_ACCESS, address)
        self.access = Access(address, size, value, store=False)
        return value

    def store(self, address: int, size: int, value: int) -> None:
        """Store the low ``size`` bytes; raises ``Trap`` when any lies outside memory.

        An access across a word boundary is two, the lower one first, and what that stored stays when the
        upper one traps: the architecture lets it, the core does it.
        """
        place = self._find(address, size)
        value &= (1 << 8 * size) - 1
        if place is not None:
            data, offset = place
            data[offset : offset + size] = value.to_bytes(size, "little")
        elif self.device and REGION.base <= address <= REGION.end - size:
            self.device.store(address, size, value)
        else:
            lower = 4 - (address & 3)
            if lower < size and (place := self._find(address, lower)):
                data, offset = place
                data[offset : offset + lower] = value.to_bytes(size, "little")[:lower]
            raise Trap(Cause.STORE_ACCESS, address)
        self.access = Access(address, size, value, store=True)
        if address == self.tohost and value:
            self.exit_word = value

    def read(self, address: int, size: int) -> bytes:
        """A copy of memory for the test bench; ``ValueError`` outside it."""
        data, offset = self._inside(address, size)
        return bytes(data[offset : offset + size])

    def write(self, address: int, content: bytes) -> None:
        """Put bytes into memory from the test bench; ``ValueError`` outside it."""
        data, offset = self._inside(address, len(content))
        data[offset : offset + len(content)] = content

    def write_segments(self, segments: Iterable[Segment]) -> None:
        """Put a program into memory."""
        for segment in segments:
            self.write(segment.address, segment.data)

    def _inside(self, address: int, size: int) -> tuple[bytearray, int]:
        place = self._find(address, size)
        if place is None:
            raise ValueError(f"{address:#010x}..{address + size - 1:#010x} must lie inside one memory")
        return place
