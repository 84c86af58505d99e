"""Another design in a component's place, for proofs about the component."""

from collections.abc import Callable

from amaranth.hdl import ClockSignal, Elaboratable, Instance, Module, ResetSignal, Signal
from amaranth.lib.wiring import Component, Flow

from hw.generate import component_ports
from verif.formal.inner_signals import Inside

#: The other design, a module of RTLIL with the component's ports and outputs ``seen_0``, ``seen_1``, ...
MODULE = "substitute"


class _Registers(dict[str, Signal]):
    """Registers by path, each to be looked at once it is asked for."""

    def __init__(self, known: dict[str, Signal], see: Callable[[str, Signal], Signal]) -> None:
        super().__init__(known)
        self._see = see

    def __getitem__(self, path: str) -> Signal:
        return self._see(path, super().__getitem__(path))


class Substitute(Inside, Elaboratable):
    """A module of RTLIL in a component's place; its signals by the paths that they have in the component."""

    def __init__(self, component: Component) -> None:
        super().__init__(component)
        self.fragment = self
        #: What the harness looks at, by path.
        self.seen: dict[str, Signal] = {}
        self.registers = _Registers(self.registers, self._see)
        self._ports: dict[str, object] = {}
        values = component_ports(component)
        for name, (_, member, _) in zip(values, component.signature.flatten(component), strict=True):
            self._ports[f"{'i' if member.flow == Flow.In else 'o'}_{name}"] = values[name][0]

    def _see(self, path: str, signal: Signal) -> Signal:
        return self.seen.setdefault(path, Signal.like(signal, name=f"seen_{len(self.seen)}"))

    def __getitem__(self, path: str) -> Signal:
        return self._see(path, super().__getitem__(path))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        seen = {f"o_seen_{i}": signal for i, signal in enumerate(self.seen.values())}
        m.submodules[MODULE] = Instance(
            MODULE, i_clk=ClockSignal(), i_rst=ResetSignal(), **self._ports, **seen
        )
        return m
