"""From an Amaranth component with ``Assume`` and ``Assert`` to what sby reads."""

import re
from collections.abc import Iterable, Mapping

from amaranth.asserts import Initial
from amaranth.hdl import Assert, Assume, Module, ResetSignal, ValueLike
from amaranth.lib.wiring import Component, In, Member, PureInterface

from hw.generate import component_rtlil
from verif.formal.proof import Sources

_ANSWERS = {"gnt": In(1), "rvalid": In(1), "err": In(1), "rdata": In(32)}


def reset_once(m: Module) -> None:
    """Assume that reset is active in the first cycle and only then."""
    m.d.comb += Assume(ResetSignal() == Initial())


def answers(prefix: str = "") -> dict[str, Member]:
    """Members of a harness for what memory answers at a port of ``hw.bus``, free in every cycle."""
    return {f"{prefix}{wire}": member for wire, member in _ANSWERS.items()}


def answer(m: Module, harness: Component, port: PureInterface, prefix: str = "") -> None:
    """Connect the harness's members ``answers(prefix)`` to the port."""
    m.d.comb += [getattr(port, wire).eq(getattr(harness, f"{prefix}{wire}")) for wire in _ANSWERS]


def claim(m: Module, claims: Mapping[str, ValueLike]) -> None:
    """Assert what holds in every cycle but that of reset, each by its name."""
    m.d.comb += [Assert(ResetSignal() | holds, name) for name, holds in claims.items()]


def cutpoints(module: str, cells: Iterable[str]) -> list[str]:
    """Yosys commands that cut cells out of a module, so that their outputs are arbitrary.

    A cell of a submodule is ``submodule/cell``, as Yosys selects it.
    """
    return [f"cutpoint {module}{'.' if '/' in cell else '/'}{cell}" for cell in cells]


def sources(component: Component, *extra: str) -> Sources:
    """The component as the module ``harness``: its inputs are free in every cycle.

    An assertion is reported by its message, blanks as underscores; messages of one module differ. ``extra``
    are Yosys commands on the design before it is prepared, such as ``cutpoint``.
    """
    text = component_rtlil(component, "harness", sources=False)
    # Registers start anywhere, as flip-flops do at power-up (init is unset): only reset may be relied on.
    named = re.sub(
        r'cell \$check \$(\d+)\n(\s+parameter \\FORMAT "([^"]+)")',
        lambda match: f"cell $check \\claim_{re.sub(r'[^A-Za-z0-9]+', '_', match[3])}\n{match[2]}",
        text,
    )
    script = ["read_rtlil harness.il", "setattr -unset init w:*", *extra, "prep -top harness"]
    return Sources(files={"harness.il": named}, script="\n".join(script))
