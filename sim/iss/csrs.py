"""Control and status registers: fields that exist, what writes do, and the interrupt that is due."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from hw.config import CoreConfig
from sim.iss.bits import MASK
from sim.iss.traps import INTERRUPT, Cause, Interrupt, Trap

if TYPE_CHECKING:
    from sim.iss.unit_model import UnitModel

_MIE = 1 << 3
_MPIE = 1 << 7
_MPP_MACHINE = 3 << 11
_INTERRUPTS = sum(1 << interrupt for interrupt in Interrupt)
#: Bits of mcountinhibit that stop a counter.
_INHIBITS = {"mcycle": 1 << 0, "minstret": 1 << 2}
#: Bits that a write changes, beside those of mepc.
_WRITABLE = {
    "mtvec": MASK & ~2,  # base and mode bit 0
    "mscratch": MASK,
    "mcause": INTERRUPT | 0x1F,
    "mtval": MASK,
    "mie": _INTERRUPTS,
    "mstatus": _MIE | _MPIE,
    "mcountinhibit": sum(_INHIBITS.values()),
}
_COUNTERS = {"mcycle": 0, "mcycleh": 32, "minstret": 0, "minstreth": 32}
_USER_COUNTERS = {"cycle": "mcycle", "cycleh": "mcycleh", "instret": "minstret", "instreth": "minstreth"}


class Csrs:
    """Registers that this configuration has, by name through ``read`` and ``write``.

    The model has no timing: mcycle advances by one with every instruction, as minstret does, unless ``now``
    says what the clock says.

    Parameters
    ----------
    config : CoreConfig
    hart_id : int
    units : sequence of UnitModel
        Extension units, which keep what their CSRs show.

    Attributes
    ----------
    retired : int
        Instructions retired since reset.
    now : int or None
        Clock cycles since reset, at this instruction.
    mip : int
        Level of the interrupt pins, a sum of ``1 << Interrupt``.
    lpstart, lpend, lpcount : list of int
        Hardware loop registers, inner loop first.
    """

    def __init__(self, config: CoreConfig, hart_id: int, units: "Sequence[UnitModel]" = ()) -> None:
        self._by_address = {csr.address: csr for csr in config.instruction_set.csrs}
        self._hidden = {name: unit for unit in units for name in unit.values}
        self._writable = _WRITABLE | {"mepc": MASK & -config.instruction_alignment}
        self._values = dict.fromkeys(self._writable, 0) | {"mtvec": config.mtvec_reset}
        # How far a counter is ahead of what has elapsed, and what it stands at while it is inhibited.
        self._offsets = {"mcycle": 0, "minstret": 0}
        self._stopped: dict[str, int] = {}
        self.retired = 0
        self.now: int | None = None
        self.mip = 0
        self.lpstart, self.lpend, self.lpcount = [0, 0], [0, 0], [0, 0]
        letters = sum(config.has(letter) << ord(letter) - 97 for letter in "cm") | 1 << ord("i") - 97
        custom = config.is_custom << ord("x") - 97
        self._readers: dict[str, Callable[[], int]] = {
            "mstatus": lambda: self._values["mstatus"] | _MPP_MACHINE,
            "misa": lambda: 1 << 30 | letters | custom,
            "mip": lambda: self.mip,
            "mhartid": lambda: hart_id,
            **{f"lpstart{i}": lambda i=i: self.lpstart[i] for i in (0, 1)},
            **{f"lpend{i}": lambda i=i: self.lpend[i] for i in (0, 1)},
            **{f"lpcount{i}": lambda i=i: self.lpcount[i] for i in (0, 1)},
            **{name: partial(unit.read, name) for name, unit in self._hidden.items()},
        }

    def access(self, address: int, word: int, *, writes: bool) -> str:
        """Name of the register at ``address``; an illegal access by instruction ``word`` raises ``Trap``."""
        csr = self._by_address.get(address)
        if csr is None or (writes and csr.read_only):
            raise Trap(Cause.ILLEGAL_INSTRUCTION, word)
        return csr.name

    def read(self, name: str) -> int:
        """The value that a read returns; a register without state reads 0."""
        name = _USER_COUNTERS.get(name, name)
        if name in _COUNTERS:
            return self._counter(name.removesuffix("h")) >> _COUNTERS[name] & MASK
        if name in self._readers:
            return self._readers[name]()
        return self._values.get(name, 0)

    def write(self, name: str, value: int) -> None:
        """Write the bits that can be written; the rest of the value is ignored."""
        if name == "mcountinhibit":
            self._inhibit(value)
        if name in _COUNTERS:
            counter, shift = name.removesuffix("h"), _COUNTERS[name]
            if counter in self._stopped:
                self._stopped[counter] = self._stopped[counter] & ~(MASK << shift) | value << shift
                return
            # The next instruction reads the written value. The other half of mcycle still counts; that of
            # minstret does not count this instruction: a write of either half is a write of minstret.
            after = self._elapsed(counter) + 1
            counted = after - 1 if counter == "minstret" else after
            kept = counted + self._offsets[counter] & ~(MASK << shift)
            self._offsets[counter] = (kept | value << shift) - after
        elif name in self._writable:
            self._values[name] = value & self._writable[name]
        elif name in self._hidden:
            self._hidden[name].write(name, value)

    def _inhibit(self, value: int) -> None:
        """Stop counters behind this instruction, or let them continue behind it."""
        for counter, bit in _INHIBITS.items():
            after = self._elapsed(counter) + 1
            if value & bit and counter not in self._stopped:
                self._stopped[counter] = after + self._offsets[counter] & (1 << 64) - 1
            elif not value & bit and counter in self._stopped:
                self._offsets[counter] = self._stopped.pop(counter) - after

    def _counter(self, name: str) -> int:
        if name in self._stopped:
            return self._stopped[name]
        return self._elapsed(name) + self._offsets[name] & (1 << 64) - 1

    def _elapsed(self, name: str) -> int:
        return self.retired if name == "minstret" or self.now is None else self.now

    @property
    def wakes(self) -> bool:
        """True if an enabled interrupt is pending, which ends wfi for any value of mstatus.MIE."""
        return bool(self.mip & self._values["mie"])

    @property
    def enabled_interrupts(self) -> int:
        """mie, or 0 while mstatus.MIE is 0."""
        return self._values["mie"] if self._values["mstatus"] & _MIE else 0

    def due_interrupt(self) -> Trap | None:
        """The interrupt to take before the next instruction."""
        pending = self.mip & self.enabled_interrupts
        return next((Trap(INTERRUPT | i) for i in Interrupt if pending >> i & 1), None)

    def enter_trap(self, pc: int, trap: Trap) -> int:
        """Save state for a trap at ``pc`` and return the handler's address."""
        enabled = self._values["mstatus"] & _MIE
        self._values["mstatus"] = _MPIE if enabled else 0
        self._values["mepc"] = pc
        self._values["mcause"] = trap.cause
        self._values["mtval"] = trap.value
        mtvec = self._values["mtvec"]
        if mtvec & 1 and trap.cause & INTERRUPT:
            return mtvec & ~0x7F | (trap.cause & 0x1F) << 2
        return mtvec & ~3

    def leave_trap(self) -> int:
        """Undo ``enter_trap`` for mret and return the address to continue at."""
        enabled = self._values["mstatus"] & _MPIE
        self._values["mstatus"] = _MPIE | (_MIE if enabled else 0)
        return self._values["mepc"]
