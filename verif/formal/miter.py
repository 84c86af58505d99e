"""Two designs of one core side by side: proof that no input can distinguish them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from amaranth.hdl import Assert, Assume, Cat, Const, Instance, Module, Signal, Value
from amaranth.lib.wiring import Component, In

from hw.config import CoreConfig
from verif.formal.proofs.execute import Origin

#: Modules of the comparison.
SIDES = ("sound", "faulty")
#: Outputs that mean nothing without a request.
_REQUEST = re.compile(r"(instr|data)_(addr|we|be|wdata)")


@dataclass(frozen=True)
class Combinational:
    """A module of RTLIL without registers.

    Parameters
    ----------
    text : str
    registers : mapping of str to int
        Cells of the design and their widths. Number i is the input ``value_i`` and the output ``next_i``.
    names : mapping of str to int
        Number of a register, by what its value is called in the design.
    inputs, outputs : mapping of str to int
        All other ports and their widths, but for the clock.
    """

    text: str
    registers: Mapping[str, int]
    names: Mapping[str, int]
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]


class Miter(Component):
    """Core and mutant for one cycle, from one state, any that ``Origin`` allows, and on the same inputs.

    The assertions: all outputs are equal, and so are all registers after the cycle. If they hold, they also
    hold in every later cycle: no program on any memory distinguishes the two.
    """

    def __init__(self, config: CoreConfig, sound: Combinational) -> None:
        self._config, self._sound = config, sound
        widths = {f"begin_{i}": width for i, width in enumerate(sound.registers.values())}
        instruction = dict.fromkeys(("word", "pc", "rs1", "rs2", "rd"), 32)
        ports = {**widths, **sound.inputs, **instruction}
        super().__init__({name: In(width) for name, width in ports.items()})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        sound = self._sound
        begin = [getattr(self, f"begin_{i}") for i in range(len(sound.registers))]
        m.submodules.origin = origin = Origin(self._config)
        m.d.comb += [
            origin.word.eq(self.word),
            origin.pc.eq(self.pc),
            Value.cast(origin.values).eq(Cat(self.rs1, self.rs2, self.rd)),
            origin.ex.eq(begin[sound.names["ex"]]),
            Assume(~begin[sound.names["ex_valid"]] | origin.possible),
        ]
        (state, ours), (other_state, theirs) = (self._step(m, side, begin) for side in SIDES)
        for name in sound.outputs:
            request = _REQUEST.fullmatch(name)
            idle = ~ours[f"{request[1]}_req"] if request else Const(0, 1)
            m.d.comb += Assert((ours[name] == theirs[name]) | idle, name)
        for name, i in sound.names.items():
            m.d.comb += Assert(state[i] == other_state[i], f"register {name}")
        return m

    def _step(self, m: Module, side: str, begin: list[Signal]) -> tuple[list[Signal], dict[str, Signal]]:
        """One design for one cycle: its next state and its outputs."""
        sound = self._sound
        after = [Signal(width, name=f"{side}_{i}") for i, width in enumerate(sound.registers.values())]
        outputs = {name: Signal(width, name=f"{side}_{name}") for name, width in sound.outputs.items()}
        m.submodules[f"{side}_core"] = Instance(
            side,
            **{f"i_{name}": getattr(self, name) for name in sound.inputs},
            **{f"i_value_{i}": value for i, value in enumerate(begin)},
            **{f"o_next_{i}": value for i, value in enumerate(after)},
            **{f"o_{name}": value for name, value in outputs.items()},
        )
        return after, outputs
