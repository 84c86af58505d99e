"""Area of a core or cluster in all, kept by content."""

from collections.abc import Callable

from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig
from synth.cluster import cluster_areas
from synth.mapped_core import mapped_cores
from synth.mapping import Flow
from synth.reports import report


def gate_equivalents(
    config: CoreConfig | ClusterConfig,
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> float:
    """GE of a design mapped with its hierarchy, without memories.

    ``done`` hears how many of how many modules are mapped. Raises ``UserError`` when Yosys fails or the cache
    cannot be written.
    """

    def measure() -> dict:
        if isinstance(config, ClusterConfig):
            shared, [element] = cluster_areas([config], flow, done)[1:]
            total = sum(shared.values()) + config.cores * sum(element.values())
        else:
            [[core]] = mapped_cores([config], flow, done)
            total = sum(core.netlist.areas().values())
        return {"ge": round(total, 1)}

    return report(flow, [config], measure).figures["ge"]
