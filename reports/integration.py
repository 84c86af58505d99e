# amaranth: UnusedElaboratable=no
"""Parts of docs/integration.md: templates from signatures, combinational paths from netlists."""

import textwrap
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from amaranth.lib.wiring import Component

from common.markdown import table
from hw.cluster.cluster import ELEMENT, Cluster
from hw.cluster.config import ClusterConfig
from hw.cluster.processing_element import ProcessingElement
from hw.config import XDECIMATE
from hw.core.core import Core
from hw.generate import component_rtlil
from hw.units.decimate.coprocessor import DecimateCoprocessor
from hw.units.decimate.record import DECIMATE
from reports.ports import BLOCKS, port_list
from synth.combinational_paths import combinational_paths

#: Column at which the lines of a template end.
_END = 118


def template(block: str, module: str, instance: str) -> str:
    """An instance of a module, each port with its direction, bits and meaning."""
    ports = port_list(BLOCKS[block]())
    connections = [f"    .{port.name}({port.name})," for port in ports]
    connections[-1] = connections[-1].removesuffix(",")
    column = max(map(len, connections)) + 1
    lines = [f"{module} {instance} ("]
    for port, connection in zip(ports, connections, strict=True):
        about = f"{port.direction} {port.bits}: {port.meaning}".replace("`", "")
        first, *rest = textwrap.wrap(about, _END - column - len("//   "))
        lines.append(f"{connection:{column}}// {first}")
        lines += [f"{'':{column}}//   {line}" for line in rest]
    return "```verilog\n" + "\n".join([*lines, ");"]) + "\n```\n"


def _paths(modules: Callable[[], dict[str, Component]]) -> str:
    """Inputs, and the outputs that each reaches within a cycle, of the first of the modules."""
    parts = modules()
    rtlil = "".join(component_rtlil(part, name, sources=False) for name, part in parts.items())
    inputs: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for port, outputs in combinational_paths(rtlil, next(iter(parts))).items():
        inputs[tuple(outputs)].append(port)
    rows = [[_names(ports), _names(outputs)] for outputs, ports in inputs.items()]
    return table(("input", "outputs that it reaches within the cycle"), rows)


def _names(ports: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{port}`" for port in ports)


def _cluster() -> dict[str, Component]:
    """Two cores are enough for every kind of path."""
    config = ClusterConfig(cores=2)
    return {"cluster": Cluster(config), ELEMENT: ProcessingElement(config)}


#: The parts by the names of their markers.
PARTS: dict[str, Callable[[], str]] = {
    "core template": partial(template, "core ports", "xdecimate_core", "core"),
    "unit template": partial(template, "unit ports", DECIMATE.module, "unit"),
    "coprocessor template": partial(template, "coprocessor ports", "xdecimate_cv_x_if", "coprocessor"),
    "cluster template": partial(template, "cluster ports", "xdecimate_cluster", "cluster"),
    "core paths": partial(_paths, lambda: {"core": Core(XDECIMATE)}),
    "unit paths": partial(_paths, lambda: {"unit": DECIMATE.alone()}),
    "coprocessor paths": partial(_paths, lambda: {"coprocessor": DecimateCoprocessor()}),
    "cluster paths": partial(_paths, _cluster),
}
