"""From a graph to a network: every node lowered, with the kernel that its cycles favour."""

from collections.abc import Callable, Collection, Mapping, Set

from common.errors import UserError
from compiler.budget import Budget
from compiler.choose import Cuts, chosen
from compiler.graph import Graph, Node
from compiler.layouts import with_layouts
from compiler.lowering import lowered
from compiler.network import Network, Step
from compiler.passes import prepared
from compiler.problem import Problem, ProblemsError
from compiler.rechoose import rechosen
from compiler.storage import Storage
from hw.cluster.config import ClusterConfig
from sw_kernels.registry import KERNELS


def compile_graph(
    graph: Graph,
    cluster: ClusterConfig,
    done: Callable[[int, int], None] = lambda finished, total: None,
    preferred: Collection[str] = (),
    budget: Budget | None = None,
) -> Network:
    """Lower a graph for a cluster.

    Parameters
    ----------
    graph : Graph
    cluster : ClusterConfig
        Its core says which kernels can be used.
    done : callable
        Called with the number of nodes that are lowered, and of all nodes.
    preferred : collection of str
        Names of kernels to use wherever they can be, even if others take fewer cycles.
    budget : Budget or None
        Memory that it may take, or all that the cluster has.

    Raises
    ------
    ProblemsError
        When layers do not fit the cluster or an arithmetic is out of range: all of them at once.
    """
    graph = prepared(graph)
    problems: list[Problem] = []
    cuts: Cuts = {}
    budget = budget or Budget.of(cluster)
    l1_bytes = budget.l1_bytes

    def choose(node: Node, far: Set[str] = frozenset()) -> Step:
        return chosen(node, lowered(node), cluster, cuts, preferred, l1_bytes, far)

    known: Mapping[Node, Step] = {}
    if len({kernel.makes for kernel in KERNELS if kernel.runs_on(cluster.core)}) > 1:
        graph, known = with_layouts(graph, choose, preferred, done)
    storage, steps = Storage.of(graph), list[Step]()
    for number, node in enumerate(graph.nodes):
        if node not in storage.still:
            try:
                steps.append(known.get(node) or choose(node))
            except UserError as error:
                problems.append(Problem(node=node.name, operator=node.operator, what=str(error)))
        done(number + 1, len(graph.nodes))
    if storage.owners[graph.output] in (graph.input, *graph.constants):
        problems.append(
            Problem(
                node=graph.output.name,
                operator="model",
                what="the output is the input or a constant, and no operator computes anything",
                advice="export a model with an operator",
            )
        )
    if problems:
        raise ProblemsError(graph.name, problems)
    network = Network(graph=graph, cluster=cluster, budget=budget, steps=tuple(steps), storage=storage)
    return rechosen(network, choose)
