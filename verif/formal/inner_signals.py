"""Signals inside a component, for invariants that its ports cannot state."""

from collections.abc import Iterator

from amaranth.hdl import Elaboratable, Fragment, Signal


class Inside:
    """An elaborated component, to be a submodule in its place, and its signals by their paths.

    ``inside["lsu.second"]`` is the signal ``second`` of the submodule ``lsu``. Raises ``KeyError`` when
    there is none of this name, or more than one.

    Attributes
    ----------
    fragment : Fragment or Elaboratable
        What to make a submodule: the component, elaborated.
    registers : dict of str to Signal
        All signals that a clock edge changes, by path.
    """

    def __init__(self, component: Elaboratable) -> None:
        fragment = Fragment.get(component, None)
        self.fragment: Fragment | Elaboratable = fragment
        self.registers: dict[str, Signal] = {}
        self._signals: dict[str, list[Signal]] = {}
        for path, signal, domain in _walk(fragment, ""):
            if domain == "sync":
                self.registers[path] = signal
            known = self._signals.setdefault(path, [])
            if all(signal is not other for other in known):
                known.append(signal)

    def __getitem__(self, path: str) -> Signal:
        found = self._signals.get(path, [])
        if len(found) != 1:
            raise KeyError(f"{path}: {len(found)} signals have this path")
        return found[0]


def _walk(fragment: Fragment, prefix: str) -> Iterator[tuple[str, Signal, str]]:
    for domain, statements in fragment.statements.items():
        for statement in statements:
            for signal in statement._lhs_signals():
                yield f"{prefix}{signal.name}", signal, domain
    for child, name, _ in fragment.subfragments:
        if isinstance(child, Fragment) and name:
            yield from _walk(child, f"{prefix}{name}.")
