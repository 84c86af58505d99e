"""The cluster's registers: the only place that knows their addresses.

Every core sees its own events, barriers and counters at the same addresses. Words only: any other width, a
store to a register that is only read, and addresses not in the table are access faults. A *blocking* read is
answered when its condition holds; until then the core sleeps (its ``sleep`` output says so to a clock gate) and
takes no interrupt.
"""
# ruff: noqa: E501 - rows of a table stay on one line

from dataclasses import dataclass
from enum import IntFlag

from hw.config import MEMORY_MAP

BARRIERS = 4
#: Numbers of DMA transfers; they are given out in turn.
TRANSFERS = 16
#: Limits of a transfer's row and of its number of rows.
DMA_SIZE_BITS = 20
DMA_ROWS_BITS = 16


class Event(IntFlag):
    """Bits of the event registers."""

    SOFTWARE0 = 1 << 0
    SOFTWARE1 = 1 << 1
    SOFTWARE2 = 1 << 2
    SOFTWARE3 = 1 << 3
    DMA = 1 << 4


EVENT_BITS = len(Event)

EVENT_UNIT = MEMORY_MAP.cluster.base + 0x4000
DMA = MEMORY_MAP.cluster.base + 0x4400
COUNTERS = MEMORY_MAP.cluster.base + 0x4800


@dataclass(frozen=True)
class Register:
    """``count`` words at ``address`` and every ``step`` bytes; ``access`` is r, w, rw, or b for a blocking read."""

    name: str
    address: int
    access: str
    about: str
    count: int = 1
    step: int = 4


# fmt: off
REGISTERS: tuple[Register, ...] = (
    Register("event_mask",    EVENT_UNIT + 0x00, "rw", "events that end a wait; reset 0"),
    Register("event_pending", EVENT_UNIT + 0x04, "rw", "events that have come; ones written are cleared"),
    Register("event_wait",    EVENT_UNIT + 0x08, "b",  "until pending & mask is not 0: gives that, and clears it"),
    Register("event_raise",   EVENT_UNIT + 0x0C, "w",  "bits 31:16 events, bits 15:0 cores to raise them in; the DMA's event too"),
    Register("cores",         EVENT_UNIT + 0x10, "r",  "number of cores"),
    Register("barrier_team",  EVENT_UNIT + 0x40, "rw", "cores that must arrive, a bit each, the same for all cores; reset: all. Change it only while no core waits", BARRIERS, 8),
    Register("barrier_wait",  EVENT_UNIT + 0x44, "b",  "until the whole team waits here, then 0 for all in the same cycle; access fault for a core outside the team", BARRIERS, 8),
    Register("dma_claim",     DMA + 0x00,        "b",  "until the registers below are free: gives them to this core and the transfer's number, sets rows to 1"),
    Register("dma_source",    DMA + 0x04,        "w",  "byte address; access fault, as for those below, unless this core has claimed them"),
    Register("dma_destination", DMA + 0x08,      "w",  "byte address; one side is in L1, the other outside"),
    Register("dma_size",      DMA + 0x0C,        "w",  f"bytes of a row, 0 to 2^{DMA_SIZE_BITS} - 1"),
    Register("dma_rows",      DMA + 0x10,        "w",  f"rows, 0 to 2^{DMA_ROWS_BITS} - 1"),
    Register("dma_source_stride", DMA + 0x14,    "w",  "bytes from the start of a row to that of the next"),
    Register("dma_destination_stride", DMA + 0x18, "w", "the same on the other side"),
    Register("dma_start",     DMA + 0x1C,        "w",  "any value: queue the transfer and free the registers; waits while the queue is full"),
    Register("dma_busy",      DMA + 0x20,        "r",  "a bit for each number: claimed and not done"),
    Register("dma_wait",      DMA + 0x40,        "b",  "until the transfer of this number is done: 0, or 1 when it failed (sides, memory's end)", TRANSFERS),
    Register("count_cycles",  COUNTERS + 0x00,   "r",  "clock cycles; all that follow are parts of them, none counted twice"),
    Register("count_instructions", COUNTERS + 0x04, "r", "an instruction retired"),
    Register("count_load_use", COUNTERS + 0x08,  "r",  "an operand of the load just before was waited for"),
    Register("count_conflicts", COUNTERS + 0x0C, "r",  "an access to L1 was not granted: another had the bank"),
    Register("count_memory",  COUNTERS + 0x10,   "r",  "an access outside L1 was waited for"),
    Register("count_fetch",   COUNTERS + 0x14,   "r",  "no instruction was there: fetch buffer missed"),
    Register("count_barrier", COUNTERS + 0x18,   "r",  "asleep in barrier_wait"),
    Register("count_event",   COUNTERS + 0x1C,   "r",  "asleep in event_wait"),
    Register("count_dma",     COUNTERS + 0x20,   "r",  "asleep in dma_wait, dma_claim or dma_start"),
)
# fmt: on

BY_NAME = {register.name: register for register in REGISTERS}
#: Counters in the order of their addresses, without ``count_``; the rest of the cycles are taken branches and
#: jumps, instructions of several cycles, and drained pipelines.
COUNTER_NAMES = tuple(
    register.name.removeprefix("count_") for register in REGISTERS if register.name.startswith("count_")
)


def word_of(name: str, block: int, index: int = 0) -> int:
    """Number of a register's word within the block of registers that starts at ``block``."""
    register = BY_NAME[name]
    return (register.address + index * register.step - block) // 4
