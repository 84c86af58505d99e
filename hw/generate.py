"""Verilog of unit, core and cluster: the same configuration gives the same bytes, under any hash seed."""

import os
import re

from amaranth.back import rtlil, verilog
from amaranth.hdl import Value
from amaranth.lib.wiring import Component

from hw import yosys
from hw.cluster.cluster import ELEMENT, Cluster
from hw.cluster.config import ClusterConfig
from hw.cluster.processing_element import ProcessingElement
from hw.config import CoreConfig
from hw.core.core import Core
from hw.units.unit import Unit

#: Yosys gives each module a register that is 0 from the start, for ``always @*`` blocks to look at: those
#: whose other inputs are constants would never run. SystemVerilog sets it before any block waits for it.
_TRIGGER = re.compile(r"^  reg (\\\$auto\$verilog_backend\S+)  = 0;$", re.MULTILINE)
#: A register that the substitution has missed.
_UNTOUCHED = re.compile(r"\$auto\$verilog_backend\S+\s*=\s*(1'h)?0;")


def component_ports(component: Component) -> dict[str, tuple[Value, None]]:
    """A component's ports by their path joined with single underscores (``data_req``).

    Verilator and hand-written test benches would have to escape Amaranth's double ones.
    """
    return {
        "_".join(map(str, path)): (Value.cast(value), None)  # the direction follows from the drivers
        for path, _, value in component.signature.flatten(component)
    }


def component_rtlil(component: Component, name: str, *, sources: bool = True) -> str:
    """RTLIL of any component as a module called ``name``; ``sources``: attributes name its source lines."""
    return rtlil.convert(component, name=name, ports=component_ports(component), emit_src=sources)


def component_verilog(component: Component, name: str) -> str:
    """Verilog of any component as a module called ``name``, without source attributes."""
    # Amaranth looks for a command called yosys; the wheel's lies beside the interpreter under its own name.
    yosys.version()
    os.environ["YOSYS"] = str(yosys.COMMAND)
    ports = component_ports(component)
    text = verilog.convert(component, name=name, ports=ports, emit_src=False, strip_internal_attrs=True)
    # A nonblocking assignment at time 0 is a change that every waiting block sees, in Verilog too.
    text, replaced = _TRIGGER.subn(r"  reg \1 ;\n  initial \1 <= 0;", text)
    if _UNTOUCHED.search(text) or ("  always @*" in text and not replaced):
        raise RuntimeError(
            "this version of Yosys writes the trigger of always @* blocks in another form; adapt _TRIGGER"
        )
    return f"/* verilator lint_off INITIALDLY */\n{text}/* verilator lint_on INITIALDLY */\n"


def core_verilog(config: CoreConfig, *, rvfi: bool = False) -> str:
    """Verilog of the core (module ``core``), with its retirement trace if ``rvfi``."""
    return component_verilog(Core(config, rvfi=rvfi), "core")


def unit_verilog(unit: Unit) -> str:
    """Verilog of an extension unit that any core can host (module ``<extension>_unit``)."""
    return component_verilog(unit.alone(), unit.module)


def cluster_verilog(config: ClusterConfig) -> str:
    """Verilog of a cluster (module ``cluster``) and of its processing element, of which it has many."""
    element = component_verilog(ProcessingElement(config), ELEMENT)
    return component_verilog(Cluster(config), "cluster") + "\n" + element
