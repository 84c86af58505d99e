"""From an Amaranth component with ``Assume`` and ``Assert`` to what sby reads."""

import re

from amaranth.asserts import Initial
from amaranth.back import rtlil
from amaranth.hdl import Assume, Module, ResetSignal, Value
from amaranth.lib.wiring import Component

from verif.formal.proof import Sources


def reset_once(m: Module) -> None:
    """Assume that reset is active in the first cycle and only then."""
    m.d.comb += Assume(ResetSignal() == Initial())


def sources(component: Component, *extra: str) -> Sources:
    """The component as the module ``harness``: its inputs are free in every cycle.

    An assertion is reported by its message, blanks as underscores; messages of one module differ. ``extra``
    are Yosys commands on the design before it is prepared, such as ``cutpoint``.
    """
    ports = {
        "_".join(map(str, path)): (Value.cast(value), None)
        for path, _, value in component.signature.flatten(component)
    }
    text = rtlil.convert(component, name="harness", ports=ports, emit_src=False)
    # Registers start anywhere, as flip-flops do at power-up (init is unset): only reset may be relied on.
    named = re.sub(
        r'cell \$check \$(\d+)\n(\s+parameter \\FORMAT "([^"]+)")',
        lambda match: f"cell $check \\claim_{re.sub(r'[^A-Za-z0-9]+', '_', match[3])}\n{match[2]}",
        text,
    )
    script = ["read_rtlil harness.il", "setattr -unset init w:*", *extra, "prep -top harness"]
    return Sources(files={"harness.il": named}, script="\n".join(script))
