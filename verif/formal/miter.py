"""Two designs of one core side by side: whether they can ever be told from each other."""

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
    """Core and mutant for some cycles, from one state, any that ``Origin`` allows, and on the same inputs.

    Asserted: in each cycle all outputs are equal, and after the last one all registers. Where this holds it
    holds again from there, and so for ever: no program on any memory tells the two from each other.
    """

    def __init__(
        self, config: CoreConfig, sound: Combinational, faulty: Combinational, *, cycles: int
    ) -> None:
        self._config, self._designs, self._cycles = config, (sound, faulty), cycles
        widths = {f"begin_{i}": width for i, width in enumerate(sound.registers.values())}
        for cycle in range(cycles):
            widths |= {f"{name}_{cycle}": width for name, width in sound.inputs.items()}
        self._instruction = dict.fromkeys(("word", "pc", "rs1", "rs2", "rd"), 32)
        super().__init__({name: In(width) for name, width in (widths | self._instruction).items()})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        sound, _ = self._designs
        begin = [getattr(self, f"begin_{i}") for i in range(len(sound.registers))]
        m.submodules.origin = origin = Origin(self._config)
        m.d.comb += [
            origin.word.eq(self.word),
            origin.pc.eq(self.pc),
            Value.cast(origin.values).eq(Cat(self.rs1, self.rs2, self.rd)),
            origin.ex.eq(begin[sound.names["ex"]]),
            Assume(~begin[sound.names["ex_valid"]] | origin.possible),
        ]
        states = [begin, begin]
        for cycle in range(self._cycles):
            inputs = {name: getattr(self, f"{name}_{cycle}") for name in sound.inputs}
            if cycle:
                m.d.comb += Assume(~inputs["rst"])
            outputs: list[dict[str, Signal]] = []
            for side, name in enumerate(SIDES):
                after, seen = self._step(m, f"{name}_{cycle}", name, states[side], inputs)
                states[side] = after
                outputs.append(seen)
            ours, theirs = outputs
            for name in sound.outputs:
                request = _REQUEST.fullmatch(name)
                idle = ~ours[f"{request[1]}_req"] if request else Const(0, 1)
                m.d.comb += Assert((ours[name] == theirs[name]) | idle, f"{name} in cycle {cycle}")
        for name, i in sound.names.items():
            m.d.comb += Assert(states[0][i] == states[1][i], f"register {name}")
        return m

    def _step(
        self, m: Module, place: str, side: str, state: list[Signal], inputs: dict[str, Signal]
    ) -> tuple[list[Signal], dict[str, Signal]]:
        """One design for one cycle: its next state and its outputs."""
        sound, _ = self._designs
        after = [Signal(width, name=f"{place}_{i}") for i, width in enumerate(sound.registers.values())]
        outputs = {name: Signal(width, name=f"{place}_{name}") for name, width in sound.outputs.items()}
        m.submodules[place] = Instance(
            side,
            **{f"i_{name}": value for name, value in inputs.items()},
            **{f"i_value_{i}": value for i, value in enumerate(state)},
            **{f"o_next_{i}": value for i, value in enumerate(after)},
            **{f"o_{name}": value for name, value in outputs.items()},
        )
        return after, outputs
