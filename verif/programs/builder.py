"""Writing a program instruction by instruction, from the table's encodings."""

import struct
from dataclasses import dataclass
from pathlib import Path

from hw.config import MEMORY_MAP
from hw.instructions import named
from sim.elf import Program, Segment

#: Where the parts of a built program lie: code at the boot address, data and results behind it in L2.
CODE = MEMORY_MAP.boot
DATA = MEMORY_MAP.l2.base + 0x2_0000
RESULTS = MEMORY_MAP.l2.base + 0x3_0000
TOHOST = MEMORY_MAP.l2.base + 0x4_0000
CODE_BYTES = DATA - CODE


@dataclass(frozen=True)
class Place:
    """Address of a part of a built program."""

    code: int = CODE
    data: int = DATA
    results: int = RESULTS
    tohost: int = TOHOST


NOP = named("addi").encode(rd=0, rs1=0, imm=0)


def signed(value: int) -> int:
    """A 32-bit pattern as the number that its sign bit makes of it."""
    return ((value & 0xFFFF_FFFF) ^ 0x8000_0000) - 0x8000_0000


class Builder:
    """A growing list of instruction words."""

    def __init__(self, place: Place | None = None) -> None:
        self.words: list[int] = []
        self.place = place or Place()

    @property
    def address(self) -> int:
        """Address of the next instruction."""
        return self.place.code + 4 * len(self.words)

    def emit(self, mnemonic: str, form: str | None = None, **operands: int) -> None:
        """Append one instruction; ``form`` is its assembly operands where several share the mnemonic."""
        self.words.append(named(mnemonic, form).encode(**operands))

    def load_immediate(self, register: int, value: int) -> None:
        """lui and addi, always both, so that programs of one shape have one length."""
        upper = value + 0x800 & 0xFFFF_F000
        self.emit("lui", rd=register, imm=signed(upper))
        self.emit("addi", rd=register, rs1=register, imm=signed(value - upper))

    def store_registers(self, pointer: int) -> None:
        """Store all registers but ``pointer`` to the results, register n at 4*n."""
        self.load_immediate(pointer, self.place.results)
        for register in range(1, 32):
            if register != pointer:
                self.emit("sw", rs2=register, rs1=pointer, imm=4 * register)

    def end(self) -> None:
        """Store a pass to tohost."""
        self.load_immediate(6, self.place.tohost)
        self.emit("addi", rd=5, rs1=0, imm=1)
        self.emit("sw", rs2=5, rs1=6, imm=0)

    def finish(self, data: bytes = b"") -> Program:
        """End with a pass; ``data`` is at its place when the program starts."""
        self.end()
        self.emit("jal", rd=0, imm=0)
        return self.program(data)

    def program(self, data: bytes = b"") -> Program:
        """The program written so far."""
        place = self.place
        code = struct.pack(f"<{len(self.words)}I", *self.words)
        if len(code) > CODE_BYTES:
            raise ValueError(
                f"a program must have at most {CODE_BYTES // 4} instructions, not {len(self.words)}"
            )
        zeros = ((place.results, 256), (place.tohost, 4))
        segments = [Segment(place.code, code), *(Segment(address, bytes(size)) for address, size in zeros)]
        if data:
            segments.append(Segment(place.data, data))
        return Program(Path("built"), place.code, tuple(segments), {"tohost": place.tohost})
