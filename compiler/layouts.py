"""Layouts of a network's activations: those with the fewest predicted cycles, conversions among them.

Nodes are visited in their order. A state says in which layouts the tensors exist that later nodes read. A
node in one of its options takes each state to another, and pays for the conversions of inputs that do not
exist yet in its layout. Of the ways that lead to one state only the cheapest is kept, so the best last state
has the fewest cycles of all assignments, whatever branches the graph has. There are as many states as layouts
of the tensors that live at a time. Of very many only the ``_MOST_STATES`` cheapest are kept, and
the result may not be the best.
"""

import heapq
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from common.errors import UserError
from compiler.graph import Graph, Node, Tensor
from compiler.movement import Reorder
from compiler.network import Step
from compiler.storage import Storage
from sw_kernels.packing.activations import ACTIVATION_LAYOUTS, HWC, ActivationLayout
from sw_kernels.registry import KERNELS

_MOST_STATES = 1024
#: Layouts of the inputs and of the output of kernels.
_ENDS = tuple(dict.fromkeys((kernel.activations, kernel.makes) for kernel in KERNELS))


@dataclass(frozen=True, kw_only=True)
class Option:
    """One way to have a node's tensors.

    Parameters
    ----------
    reads, writes : ActivationLayout
        Of all its inputs, and of its output.
    cycles : float
        Predicted.
    """

    reads: ActivationLayout
    writes: ActivationLayout
    cycles: float


#: Tensors that exist, and in which layout.
_Copies = frozenset[tuple[Tensor, ActivationLayout]]


@dataclass(frozen=True)
class _Path:
    """Choices that lead to a state, the last one first."""

    cycles: float
    option: Option | None = None
    before: "_Path | None" = None


def chosen_layouts(
    graph: Graph,
    options: Sequence[Sequence[Option]],
    conversion: Callable[[Tensor, ActivationLayout], float],
) -> list[Option]:
    """The option of each node with which the network takes the fewest cycles.

    Parameters
    ----------
    graph : Graph
        Its input and its output are in rows.
    options : sequence of sequences of Option
        Of each node, at least one; of equal ones the first is taken.
    conversion : callable
        Predicted cycles to convert a tensor to a layout from the other one. Constants need none.
    """
    last = {tensor: number for number, node in enumerate(graph.nodes) for tensor in node.inputs}
    last[graph.output] = len(graph.nodes)
    states: dict[_Copies, _Path] = {frozenset({(graph.input, HWC)}): _Path(0.0)}

    def extended(copies: _Copies, wanted: Sequence[tuple[Tensor, ActivationLayout]]) -> tuple[_Copies, float]:
        missing = [copy for copy in wanted if copy not in copies and copy[0].data is None]
        return copies.union(missing), sum(conversion(*copy) for copy in dict.fromkeys(missing))

    for number, (node, own) in enumerate(zip(graph.nodes, options, strict=True)):
        following: dict[_Copies, _Path] = {}
        for copies, path in states.items():
            for option in own:
                read, cycles = extended(copies, [(tensor, option.reads) for tensor in node.inputs])
                made = read | {(node.output, option.writes)}
                left = frozenset(copy for copy in made if last.get(copy[0], 0) > number)
                total = path.cycles + cycles + option.cycles
                if left not in following or total < following[left].cycles:
                    following[left] = _Path(total, option, path)
        if len(following) > _MOST_STATES:
            kept = heapq.nsmallest(_MOST_STATES, following.items(), key=lambda item: item[1].cycles)
            following = dict(kept)
        states = following
    output = (graph.output, HWC)
    ends = [(path.cycles + extended(copies, [output])[1], path) for copies, path in states.items()]
    path: _Path | None = min(ends, key=lambda end: end[0])[1]
    found: list[Option] = []
    while path is not None and path.option is not None:
        found.append(path.option)
        path = path.before
    return found[::-1]


def laid_out(graph: Graph, options: Sequence[Option]) -> tuple[Graph, list[Node]]:
    """The graph with its tensors in the layouts of these options, and a conversion before the first reader.

    Returns also what became of each node, in their order.
    """
    copies: dict[tuple[Tensor, ActivationLayout], Tensor] = {(graph.input, HWC): graph.input}
    nodes: list[Node] = []
    became: list[Node] = []

    def copy_of(tensor: Tensor, layout: ActivationLayout) -> Tensor:
        if (tensor, layout) in copies:
            return copies[tensor, layout]
        if tensor.data is not None:
            made = tensor if tensor.layout is layout else replace(tensor, layout=layout)
        else:
            source = next(
                copies[tensor, other] for other in ACTIVATION_LAYOUTS.values() if (tensor, other) in copies
            )
            made = replace(source, name=f"{tensor.name}/{layout}", layout=layout)
            nodes.append(Reorder(name=made.name, inputs=(source,), output=made))
        copies[tensor, layout] = made
        return made

    for node, option in zip(graph.nodes, options, strict=True):
        inputs = tuple(copy_of(tensor, option.reads) for tensor in node.inputs)
        output = node.output if option.writes is HWC else replace(node.output, layout=option.writes)
        copies[node.output, option.writes] = output
        became.append(replace(node, inputs=inputs, output=output))
        nodes.append(became[-1])
    output = copy_of(graph.output, HWC)
    return replace(graph, nodes=tuple(nodes), output=output), became


def with_layouts(
    graph: Graph,
    choose: Callable[[Node], Step],
    preferred: Collection[str] = (),
    done: Callable[[int, int], None] = lambda finished, total: None,
) -> tuple[Graph, Mapping[Node, Step]]:
    """The graph with the layouts and conversions that take the fewest cycles, and the steps of its nodes.

    Parameters
    ----------
    graph : Graph
        After its passes, all tensors in rows.
    choose : callable
        Chooses the step of a node with its tensors in their layouts; ``UserError`` when there is none.
    preferred : collection of str
        Names of kernels to use wherever they can be: other layouts are no option there.
    done : callable
        Called with the number of nodes that were looked at, and of all nodes.
    """
    still = Storage.of(graph).still
    conversions: dict[tuple[tuple[int, ...], ActivationLayout], float] = {}
    found: list[Mapping[Option, Step | None]] = []

    def conversion(tensor: Tensor, layout: ActivationLayout) -> float:
        key = tensor.shape, layout
        if key not in conversions:
            other = next(one for one in ACTIVATION_LAYOUTS.values() if one is not layout)
            source, made = replace(tensor, layout=other), replace(tensor, layout=layout)
            try:
                step = choose(Reorder(name=tensor.name, inputs=(source,), output=made))
                conversions[key] = step.plan.cycles
            except UserError:  # it does not fit
                conversions[key] = math.inf
        return conversions[key]

    for number, node in enumerate(graph.nodes):
        found.append(_options(node, choose, preferred, still=node in still))
        done(number + 1, len(graph.nodes))
    options = chosen_layouts(graph, [list(own) for own in found], conversion)
    graph, became = laid_out(graph, options)
    steps: dict[Node, Step] = {}
    for node, own, option in zip(became, found, options, strict=True):
        if step := own[option]:
            others = [
                choice for other in own.values() if other and other is not step for choice in other.choices
            ]
            steps[node] = replace(step, node=node, choices=(*step.choices, *others))
    return graph, steps


def _options(
    node: Node, choose: Callable[[Node], Step], preferred: Collection[str], *, still: bool
) -> Mapping[Option, Step | None]:
    """The options of a node with their steps; rows alone where there is no step, or the choice fails."""
    in_rows = Option(reads=HWC, writes=HWC, cycles=0.0)
    if still:
        return {in_rows: None}
    found: dict[Option, Step | None] = {}
    for reads, writes in _ENDS:
        inputs = tuple(replace(tensor, layout=reads) for tensor in node.inputs)
        try:
            step = choose(replace(node, inputs=inputs, output=replace(node.output, layout=writes)))
        except UserError:
            continue
        found[Option(reads=reads, writes=writes, cycles=step.plan.cycles)] = step
    wanted = {option: step for option, step in found.items() if step and step.way.kernel.name in preferred}
    return wanted or found or {in_rows: None}
