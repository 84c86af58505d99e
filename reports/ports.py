# amaranth: UnusedElaboratable=no
"""Tables of ports and registers for the documents, from signatures, docstrings and the list of registers."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

from amaranth.hdl import Value
from amaranth.lib.wiring import Component, FlippedSignature

from common.markdown import table
from hw.cluster.cluster import Cluster
from hw.cluster.config import ClusterConfig
from hw.cluster.dma import Dma
from hw.cluster.event_unit import EventUnit
from hw.cluster.interconnect import Interconnect
from hw.cluster.registers import REGISTERS
from hw.config import XDECIMATE
from hw.core.core import Core
from hw.core.fetch import FetchUnit
from hw.core.lsu import LoadStoreUnit
from hw.units.decimate.coprocessor import DecimateCoprocessor
from hw.units.decimate.unit import DecimateUnit
from hw.units.decmac.unit import DecmacUnit

#: From the start of one block of registers to the next.
BLOCK_BYTES = 0x400

#: First line of an entry of a docstring's Members: names, then their types.
_ENTRY = re.compile(r"^([\w.*]+(?:, [\w.*]+)*) : .*$")


def members(owner: type) -> dict[str, str]:
    """Descriptions of a class's members from its docstring, each on one line."""
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


@dataclass(frozen=True)
class Port:
    """A port of the generated Verilog, or an array of ports.

    Parameters
    ----------
    name : str
        In an array ``n`` stands for the number.
    count : int
        Ports of the array.
    direction : str
        ``in`` or ``out``.
    bits : int
        Width of each.
    meaning : str
        From the docstring that explains it.
    """

    name: str
    count: int
    direction: str
    bits: int
    meaning: str


def port_list(component: Component) -> list[Port]:
    """Every port, clock and reset first. Raises ``KeyError`` for a port that no docstring explains."""
    found = [
        Port("clk", 1, "in", 1, "The one clock."),
        Port("rst", 1, "in", 1, "Synchronous reset, active high; hold it for two cycles."),
    ]
    for path, member, value in component.signature.flatten(component):
        numbers = [step for step in path if isinstance(step, int)]
        if any(numbers):
            continue
        count = len(getattr(component, str(path[0]))) if numbers else 1
        name = "_".join("n" if isinstance(step, int) else step for step in path)
        bits = len(Value.cast(value))
        found.append(Port(name, count, member.flow.name.lower(), bits, _meaning(component, path)))
    return found


def port_table(component: Component) -> str:
    """Port, direction, bits and meaning of each port.

    Ports of an array are one row, ``n`` standing for their number, and a column says how many there are.
    """
    found = port_list(component)
    heads = ["port", "count", "direction", "bits", "meaning"]
    rows = [
        (f"`{port.name}`", str(port.count), port.direction, str(port.bits), port.meaning) for port in found
    ]
    if all(port.count == 1 for port in found):
        return table([heads[0], *heads[2:]], [[name, *rest] for name, _, *rest in rows])
    return table(heads, rows)


def _meaning(component: Component, path: tuple[str | int, ...]) -> str:
    own = members(type(component))
    first, *rest = (step for step in path if isinstance(step, str))
    name = ".".join((first, *rest))
    if own.get(name):
        return own[name]
    if not rest:
        raise KeyError(f"the docstring of {type(component).__name__} must explain {name}")
    signature = component.signature.members[first].signature
    owner = signature.flip() if isinstance(signature, FlippedSignature) else signature
    return members(type(owner))[".".join(rest)]


def _interconnect() -> Interconnect:
    """The interconnect of the default cluster."""
    config = ClusterConfig()
    return Interconnect(
        cores=config.cores,
        banks=config.banks,
        words=config.l1_bytes // 4,
        dma_ports=config.bus_bytes // 4,
        max_consecutive_grants=config.max_consecutive_grants,
    )


#: Blocks by the names of their tables.
BLOCKS: dict[str, Callable[[], Component]] = {
    "core ports": lambda: Core(XDECIMATE),
    "unit ports": DecimateUnit,
    "coprocessor ports": DecimateCoprocessor,
    "xdecmac ports": lambda: DecmacUnit(positions=8),
    "fetch ports": lambda: FetchUnit(XDECIMATE),
    "lsu ports": lambda: LoadStoreUnit(XDECIMATE),
    "cluster ports": lambda: Cluster(ClusterConfig()),
    "interconnect ports": _interconnect,
    "event unit ports": lambda: EventUnit(ClusterConfig.cores),
    "dma ports": lambda: Dma(ClusterConfig()),
}


def ports(name: str) -> str:
    """The table of the ports of this block."""
    return port_table(BLOCKS[name]())


def registers(block: int) -> str:
    """The registers of the block that starts at this address."""
    rows = [
        (
            f"0x{register.address - block:02x}" + (f" + {register.step} n" if register.count > 1 else ""),
            f"`{register.name}`" + (f", n = 0..{register.count - 1}" if register.count > 1 else ""),
            register.access,
            register.about,
        )
        for register in REGISTERS
        if block <= register.address < block + BLOCK_BYTES
    ]
    return table(("offset", "register", "access", "meaning"), rows)
