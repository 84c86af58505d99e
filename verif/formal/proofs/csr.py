"""The control and status registers against a shadow of each, for every access, trap, return and count.

The shadow is of whole registers, as the privileged manual lists them: what a write may change, what a trap
and mret do to it, and what it reads as.
"""

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In

from hw.config import XDECIMATE, CoreConfig, config_named
from hw.core.csr_file import CsrFile, Trap
from hw.core.hwloop import LoopState
from hw.units.unit import State
from verif.formal.harness import claim, reset_once, sources
from verif.formal.proof import Method, Proof

WRITE, SET, CLEAR = 1, 2, 3  # funct3[1:0]
MIE, MPIE = 3, 7
#: Interrupts by their numbers, highest priority first, in the order of the pins.
_EXTERNAL, _SOFTWARE, _TIMER = 11, 3, 7
_ENABLES = 1 << _EXTERNAL | 1 << _SOFTWARE | 1 << _TIMER
_ALL = 0xFFFF_FFFF
#: Bits that a write changes, beside those of mepc.
WRITABLE = {
    "mstatus": 1 << MIE | 1 << MPIE,
    "mie": _ENABLES,
    "mtvec": _ALL & ~0b10,
    "mcountinhibit": 0b101,
    "mscratch": _ALL,
    "mcause": 1 << 31 | 0b1_1111,
    "mtval": _ALL,
    "mcycle": _ALL,
    "mcycleh": _ALL,
    "minstret": _ALL,
    "minstreth": _ALL,
}


def _writable(config: CoreConfig) -> dict[str, int]:
    """Bits of all registers that a write changes: mepc holds addresses of instructions."""
    return WRITABLE | {"mepc": _ALL & -config.instruction_alignment}


#: Bits that are always set.
FIXED = {"mstatus": 0b11 << 11}


def _hidden(config: CoreConfig) -> dict[str, State]:
    """Hidden registers by the ports that read them."""
    return {f"{unit.name}_{state.name}": state for unit in config.units for state in unit.state}


class CsrHarness(Component):
    """The registers under a free pipeline."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        wires = dict.fromkeys(("commit", "mret", "retire", "unretire"), In(1))
        super().__init__(
            {
                **wires,
                "address": In(12),
                "operation": In(2),
                "operand": In(32),
                "trap": In(Trap),
                "irq": In(3),
                "hart_id": In(32),
                "loops": In(data.ArrayLayout(LoopState, 2)),
                **{name: In(state.width) for name, state in _hidden(config).items()},
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.unit = unit = CsrFile(self._config, traced=True)
        reset_once(m)
        m.d.comb += [
            *(getattr(unit, name).eq(getattr(self, name)) for name in ("address", "operation", "operand")),
            *(getattr(unit, name).eq(getattr(self, name)) for name in ("commit", "mret", "irq", "hart_id")),
            *(getattr(unit, name).eq(getattr(self, name)) for name in ("retire", "unretire", "loops")),
            unit.trap.eq(self.trap),
            *(getattr(unit, name).eq(getattr(self, name)) for name in _hidden(self._config)),
        ]
        writable = _writable(self._config)
        shadow = {name: Signal(32, name=f"shadow_{name}", init=FIXED.get(name, 0)) for name in writable}
        reads = self._reads(shadow)
        old = Signal(32)
        for csr in self._config.instruction_set.csrs:
            with m.If(self.address == csr.address):
                m.d.comb += old.eq(reads.get(csr.name, 0))
        new = Array([old, self.operand, old | self.operand, old & ~self.operand])[self.operation]
        writes = self.commit & (self.operation != 0)

        def written(name: str) -> Value:
            return writes & (self.address == self._config.instruction_set.addresses[name])

        # Every cycle, then a write, then a trap or mret.
        retired = self.retire & ~written("minstret") & ~written("minstreth")
        stops = shadow["mcountinhibit"]
        cycle = Mux(stops[0], 0, 1)
        step = Mux(stops[2], 0, Mux(self.unretire, Const(-1, 64), retired))
        for low, high, count in (("mcycle", "mcycleh", cycle), ("minstret", "minstreth", step)):
            m.d.sync += Cat(shadow[low], shadow[high]).eq(Cat(shadow[low], shadow[high]) + count)
        for name, register in shadow.items():
            with m.If(written(name)):
                m.d.sync += register.eq(new & writable[name] | FIXED.get(name, 0))
        status, trap = shadow["mstatus"], self.trap
        with m.If(trap.valid):
            m.d.sync += [
                status[MPIE].eq(status[MIE]),
                status[MIE].eq(0),
                shadow["mepc"].eq(trap.pc & writable["mepc"]),
                shadow["mcause"].eq(trap.interrupt << 31 | trap.cause),
                shadow["mtval"].eq(trap.value),
            ]
        with m.Elif(self.mret):
            m.d.sync += [status[MIE].eq(status[MPIE]), status[MPIE].eq(1)]

        vector = shadow["mtvec"] & ~0b11
        interrupts = shadow["mie"] & reads["mip"]
        first = Mux(interrupts[_EXTERNAL], _EXTERNAL, Mux(interrupts[_SOFTWARE], _SOFTWARE, _TIMER))
        known = Cat(*(self.address == csr.address for csr in self._config.instruction_set.csrs)).any()
        claims = {
            "reads": ~known | (unit.read_data == old),
            "vector": unit.vector
            == Mux(shadow["mtvec"][0] & trap.interrupt, vector & ~0x7F | unit.interrupt_cause << 2, vector),
            "return address": unit.return_address == shadow["mepc"],
            "wakes": unit.wake == interrupts.any(),
            "interrupts": unit.interrupt == (interrupts.any() & status[MIE]),
            "highest priority": ~interrupts.any() | (unit.interrupt_cause == first),
            "what a write would write": ~known | (self.operation == 0) | (unit.written == new),
        }
        for extension in self._config.units:
            if extension.state:
                strobes = getattr(unit, f"{extension.name}_write")
                value = getattr(unit, f"{extension.name}_data")
                expected = Cat(*(written(state.csr.name) for state in extension.state))
                claims[f"hidden state of {extension.name}"] = (strobes == expected) & (
                    ~strobes.any() | (value == new[: len(value)])
                )
        for name, register in shadow.items():
            is_high = name in ("mcycleh", "minstreth")
            value = unit.values[name[:-1]][32:] if is_high else unit.values[name][:32]
            claims[f"state of {name}"] = register == value
        claim(m, claims)
        return m

    def _reads(self, shadow: dict[str, Signal]) -> dict[str, Value]:
        """The value that each register reads as, except registers that always read as zero."""
        external, software, timer = self.irq
        letters = "i" + "x" * self._config.is_custom
        letters += "".join(letter for letter in "cm" if self._config.has(letter))
        misa = 1 << 30 | sum(1 << ord(letter) - ord("a") for letter in letters)
        loops = {
            f"lp{name}{number}": self.loops[number][name]
            for number in range(2)
            for name in ("start", "end", "count")
        }
        return {
            **{name: shadow[f"m{name}"] for name in ("cycle", "cycleh", "instret", "instreth")},
            **shadow,
            **loops,
            "misa": Const(misa, 32),
            "mip": external << _EXTERNAL | software << _SOFTWARE | timer << _TIMER,
            "mhartid": self.hart_id,
            **{
                state.csr.name: getattr(self, name).as_signed() if state.signed else getattr(self, name)
                for name, state in _hidden(self._config).items()
            },
        }


PROOFS = tuple(
    Proof(
        name=f"csr.registers{end}",
        what="every CSR reads as it should and takes what csrrw, csrrs and csrrc may write; traps and mret "
        "move mstatus, mepc, mcause and mtval; handlers' addresses, enabled interrupts and their priority; "
        "counters",
        method=Method.INDUCTION,
        depth=2,
        build=lambda config=config: sources(CsrHarness(config)),
        cheap=True,
    )
    for config, end in (
        (XDECIMATE, ""),
        (config_named("xdecimate+xdecmac28"), ".xdecmac28"),  # hidden state of 28 bits is sign-extended
        (config_named("xdecimate-c"), ".words"),
    )
)
