"""Passes: from the graph that a reader made to the graph that is lowered, a file each."""

from collections.abc import Callable

from compiler.graph import Graph
from compiler.passes.chain import collapsed
from compiler.passes.dead import without_dead
from compiler.passes.join import joined
from compiler.passes.views import with_views
from compiler.passes.window import padded_windows

#: All passes, in their order.
PASSES: tuple[Callable[[Graph], Graph], ...] = (
    with_views,
    collapsed,
    padded_windows,
    without_dead,
    joined,
)


def prepared(graph: Graph) -> Graph:
    """The graph after all passes."""
    for run in PASSES:
        graph = run(graph)
    return graph
