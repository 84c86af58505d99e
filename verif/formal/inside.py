"""Signals inside a component, for invariants that its ports cannot state."""

from collections.abc import Iterator

from amaranth.hdl import Elaboratable, Fragment, Signal


class Inside:
    """An elaborated component, to be a submodule in its place, and its signals by their paths.

    ``inside["lsu.second"]`` is the signal ``second`` of the submodule ``lsu``. Raises ``KeyError`` when
    there is none of this name, or more than one.
    """

    def __init__(self, component: Elaboratable) -> None:
        self.fragment = Fragment.get(component, None)
        self._signals: dict[str, list[Signal]] = {}
        for path, signal in _walk(self.fragment, ""):
            known = self._signals.setdefault(path, [])
            if all(signal is not other for other in known):
                known.append(signal)

    def __getitem__(self, path: str) -> Signal:
        found = self._signals.get(path, [])
        if len(found) != 1:
            raise KeyError(f"{path}: {len(found)} signals have this path")
        return found[0]


def _walk(fragment: Fragment, prefix: str) -> Iterator[tuple[str, Signal]]:
    for statements in fragment.statements.values():
        for statement in statements:
            for signal in statement._lhs_signals():
                yield f"{prefix}{signal.name}", signal
    for child, name, _ in fragment.subfragments:
        if isinstance(child, Fragment) and name:
            yield from _walk(child, f"{prefix}{name}.")
