"""Wires from the inside of the generated cores to ``watch.sv``, and what it saw."""

from collections.abc import Sequence
from typing import Any

from hw.config import CoreConfig
from sim.diagnosis import Diagnosis, FirstTrap, ShortLoop

#: Outputs of a tile that are a watch's, and their bits for each core.
OUTPUTS = {
    "trapped": 1,
    "trap_cause": 5,
    "trap_pc": 32,
    "trap_value": 32,
    "caught": 1,
    "caught_at": 32,
    "loop_short": 1,
    "loop_start": 32,
    "loop_end": 32,
}
#: What ``watch.sv`` looks at: bits for each core, where the core has it, and the extension that brings it.
_WATCHED = {
    "trap": (71, "controller.trap", "zicsr"),
    "handler": (32, "controller.redirect_target", "zicsr"),
    "loops": (192, "hardware_loops.state", "xcvhwlp"),
    "pc": (32, "execute_pc", "zicsr"),
}


def watched(paths: Sequence[str], config: CoreConfig | None) -> str:
    """The module ``watched``, which shows the inside of the cores at these hierarchical paths to a tile.

    Without a configuration the cores are not ours as generated, and nothing is seen of them.
    """
    ports, lines = [], []
    for name, (width, place, extension) in _WATCHED.items():
        ports.append(f"output wire [{len(paths) * width - 1}:0] {name}")
        for core, path in enumerate(paths):
            seen = f"{path}.{place}" if config and config.has(extension) else f"{width}'d0"
            lines.append(f"  assign {name}[{core * width}+:{width}] = {seen};")
    return "\n".join([f"module watched({', '.join(ports)});", *lines, "endmodule", ""])


def diagnosis(outcome: dict[str, Any], core: int = 0) -> Diagnosis:
    """The diagnosis of a core, from a tile's outputs."""
    seen = {name: outcome[name] >> core * bits & (1 << bits) - 1 for name, bits in OUTPUTS.items()}
    return Diagnosis(
        trap=FirstTrap(seen["trap_cause"], seen["trap_pc"], seen["trap_value"]) if seen["trapped"] else None,
        caught=seen["caught_at"] if seen["caught"] else None,
        loop=ShortLoop(seen["loop_start"], seen["loop_end"]) if seen["loop_short"] else None,
    )
