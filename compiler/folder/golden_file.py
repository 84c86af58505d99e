"""The network as the golden models read it, in a file: nodes and arrays, and no code.

A ``.npz`` of uncompressed arrays. ``network`` holds JSON: tensors, nodes, and the kernel of each step.
"""

import io
import json
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import UserError
from compiler.golden import GoldenNetwork
from compiler.graph import Graph, Node, Tensor, View
from compiler.lowering import LOWERINGS, lowered
from compiler.movement import Reshape
from compiler.network import Network
from compiler.storage import Storage
from reference.add import Addition
from reference.quantization import Quantization
from reference.requantization import Requantization
from reference.window import Window
from sw_kernels.packing.activations import ACTIVATION_LAYOUTS, ActivationLayout

#: Classes that a file may name: nodes that are computed, the one that needs no step, and their parts.
_CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (*LOWERINGS, Reshape, Tensor, View, Addition, Quantization, Requantization, Window)
}


def golden_file(network: Network) -> bytes:
    """The content of the file; the same network gives the same bytes."""
    tensors = [*network.graph.tensors, *network.graph.constants]
    arrays: dict[str, np.ndarray] = {}
    numbers = {id(tensor): number for number, tensor in enumerate(tensors)}
    places = {id(node): number for number, node in enumerate(network.graph.nodes)}

    def encode(value: Any) -> Any:
        if isinstance(value, Tensor):
            return {"tensor": numbers[id(value)]}
        return encode_plain(value)

    def encode_plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            arrays[f"array{len(arrays)}"] = value
            return {"array": f"array{len(arrays) - 1}"}
        kind = type(value).__name__
        if isinstance(value, ActivationLayout):
            return {"layout": value.name}
        if is_dataclass(value):
            assert _CLASSES.get(kind) is type(value), kind
            members = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
            return {"class": kind, "members": members}
        if isinstance(value, tuple | list):
            return [encode(item) for item in value]
        return value.item() if isinstance(value, np.generic) else value

    description = {
        "name": network.graph.name,
        "tensors": [encode_plain(tensor) for tensor in tensors],
        "nodes": [encode_plain(node) for node in network.graph.nodes],
        "input": encode(network.graph.input),
        "output": encode(network.graph.output),
        "steps": [{"node": places[id(step.node)], "kernel": str(step.way.kernel)} for step in network.steps],
    }
    text = np.frombuffer(json.dumps(description).encode(), np.uint8)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{"network": text}, **arrays)
    return file.getvalue()


#: Whatever the content of a damaged file can raise.
_DAMAGES = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    EOFError,
    RecursionError,
    zipfile.BadZipFile,
)


def read_golden(path: Path) -> GoldenNetwork:
    """The golden models of the network that a file holds.

    Raises ``UserError`` when it cannot be read, or another release wrote it.
    """
    try:
        with path.open("rb") as file, np.lib.npyio.NpzFile(file, allow_pickle=False) as arrays:
            return _decoded(json.loads(arrays["network"].tobytes()), arrays)
    except _DAMAGES as error:
        raise UserError(
            f"cannot read {path} ({error}); compile the network again with this release"
        ) from error


def _decoded(description: dict[str, Any], arrays: Any) -> GoldenNetwork:
    tensors: list[Tensor] = []

    def decode(value: Any) -> Any:
        if isinstance(value, list):
            return tuple(decode(item) for item in value)
        if not isinstance(value, dict):
            return value
        if "tensor" in value:
            return tensors[value["tensor"]]
        if "array" in value:
            return arrays[value["array"]]
        if "layout" in value:
            return ACTIVATION_LAYOUTS[value["layout"]]
        members = {name: decode(item) for name, item in value["members"].items()}
        return _CLASSES[value["class"]](**members)

    for tensor in description["tensors"]:
        tensors.append(decode(tensor))
    graph = Graph(
        name=description["name"],
        nodes=decode(description["nodes"]),
        input=decode(description["input"]),
        output=decode(description["output"]),
    )
    return GoldenNetwork(
        graph=graph,
        storage=Storage.of(graph),
        steps=[_bound(graph.nodes[step["node"]], step["kernel"]) for step in description["steps"]],
    )


def _bound(node: Node, kernel: str) -> tuple[Node, Any]:
    """A node and the way that its kernel computes it."""
    ways = {str(way.kernel): way.bind for way in reversed(lowered(node))}
    return node, ways[kernel]
