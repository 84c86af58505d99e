# amaranth: UnusedElaboratable=no
"""Tables of ports for the documents, from the components' signatures and docstrings."""

import inspect
import re

from amaranth.hdl import Value
from amaranth.lib.wiring import Component

from common.markdown import table
from hw.cluster.cluster import Cluster
from hw.config import XDECIMATE, ClusterConfig
from hw.core.core import Core
from hw.core.fetch import FetchUnit
from hw.core.lsu import LoadStoreUnit
from hw.decimate.unit import DecimateUnit

#: First line of an entry of a docstring's Members: names, then their types.
_ENTRY = re.compile(r"^([\w.*]+(?:, [\w.*]+)*) : .*$")


def members(owner: type) -> dict[str, str]:
    """What a class's docstring says of each of its members, on one line."""
    _, _, section = inspect.getdoc(owner).partition("Members\n-------\n")  # type: ignore[union-attr]
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if entry := _ENTRY.match(line):
            names = entry[1].split(", ")
            found |= dict.fromkeys(names, "")
        elif line.startswith("    "):
            for name in names:
                found[name] = f"{found[name]} {line.strip()}".strip().replace("``", "`")
    return found


def port_table(component: Component) -> str:
    """Port, direction, bits and meaning of each port, clock and reset first.

    Raises ``KeyError`` for a port that no docstring explains.
    """
    rows = [
        ("`clk`", "in", "1", "The one clock."),
        ("`rst`", "in", "1", "Synchronous reset, active high; hold it for two cycles."),
    ]
    for path, member, value in component.signature.flatten(component):
        name = "_".join(map(str, path))
        bits = str(len(Value.cast(value)))
        rows.append((f"`{name}`", member.flow.name.lower(), bits, _meaning(component, path)))
    return table(("port", "direction", "bits", "meaning"), rows)


def _meaning(component: Component, path: tuple[str | int, ...]) -> str:
    own = members(type(component))
    name = ".".join(map(str, path))
    if name in own:
        return own[name]
    first, *rest = path
    if not rest:
        raise KeyError(f"the docstring of {type(component).__name__} does not explain {name}")
    return members(type(component.signature.members[first].signature))[".".join(map(str, rest))]


#: Tables of the documents, by the names of their markers.
PARTS = {
    "core ports": lambda: port_table(Core(XDECIMATE)),
    "unit ports": lambda: port_table(DecimateUnit()),
    "fetch ports": lambda: port_table(FetchUnit(XDECIMATE)),
    "lsu ports": lambda: port_table(LoadStoreUnit(XDECIMATE)),
    "cluster ports": lambda: port_table(Cluster(ClusterConfig())),
}
