"""Golden model of the XDecimate instructions (arXiv 2503.06183, section 4)."""

from collections.abc import Callable
from dataclasses import dataclass

COUNTER_MASK = 0xFFFF
#: Block sizes of the three flavours and the width of an index in each.
INDEX_BITS = {4: 2, 8: 4, 16: 4}


@dataclass
class Decimate:
    """The decimate counter and what the instructions do with it.

    Attributes
    ----------
    csr : int
        The 16-bit counter, reset value 0.
    """

    csr: int = 0

    def clear(self) -> None:
        """``xdecimate.clear``."""
        self.csr = 0

    def address(self, m: int, rs1: int, rs2: int) -> int:
        """Byte address that ``xdecimate.mM`` reads next.

        All four bits of an M = 8 index count, so that an index of 8 to 15 reaches into the next block.
        """
        bits = INDEX_BITS[m]
        index = rs2 >> (self.csr % (32 // bits)) * bits & ((1 << bits) - 1)
        return (rs1 + m * (self.csr >> 1) + index) & 0xFFFF_FFFF

    def execute(self, m: int, rd: int, rs1: int, rs2: int, load: Callable[[int], int]) -> int:
        """``xdecimate.mM rd, rs1, rs2``: the new value of rd; the counter advances.

        Parameters
        ----------
        m : int
            4, 8 or 16.
        rd, rs1, rs2 : int
            Register values, unsigned.
        load : callable
            Returns the byte (0 to 255) at an address; what it raises leaves the counter as it was.
        """
        byte = load(self.address(m, rs1, rs2))
        position = (self.csr >> 1 & 3) * 8
        self.csr = self.csr + 1 & COUNTER_MASK
        return rd & ~(0xFF << position) | byte << position
