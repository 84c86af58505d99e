"""The network as the golden models read it: all that it may name, and files that are refused."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from common.errors import UserError
from compiler import graph, movement
from compiler.compile import compile_graph
from compiler.folder.golden_file import _CLASSES, golden_file, read_golden
from compiler.graph import Linear, Node
from compiler.lowering import LOWERINGS
from compiler.network import Network
from hw.cluster.config import STANDARD
from tests.compiler.nodes import graph_of, node_of

#: Nodes that are abstract, or that the passes replace.
OTHERS = {"Node", "Weighted", "Pool", "Movement", "Pad"}

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def network(rng: np.random.Generator) -> Network:
    return compile_graph(graph_of(node_of(Linear, rng, (3, 24), (3, 10))), STANDARD)


def changed(content: bytes, change: Change) -> bytes:
    """A file whose description is changed in place."""
    with np.load(io.BytesIO(content)) as arrays:
        parts = dict(arrays)
    description = json.loads(parts["network"].tobytes())
    change(description)
    parts["network"] = np.frombuffer(json.dumps(description).encode(), np.uint8)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **parts)
    return file.getvalue()


def read(content: bytes, folder: Path) -> Any:
    path = folder / "golden.npz"
    path.write_bytes(content)
    return read_golden(path)


def test_every_node_of_a_compiled_network_can_be_named():
    kinds = [*vars(graph).values(), *vars(movement).values()]
    nodes = {kind.__name__ for kind in kinds if isinstance(kind, type) and issubclass(kind, Node)}
    assert nodes - _CLASSES.keys() == OTHERS
    assert {kind.__name__ for kind in LOWERINGS} <= _CLASSES.keys()


def test_what_is_read_computes_what_was_written(network: Network, tmp_path: Path, rng: np.random.Generator):
    content = golden_file(network)
    found = read(changed(content, lambda description: None), tmp_path)
    inputs = rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)
    assert np.array_equal(found.outputs(inputs)[-1], network.golden(inputs)[-1])
    assert golden_file(network) == content


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["nodes"][0].update({"class": "Graph"}),
        lambda d: d["nodes"][0].update({"class": "Node"}),
        lambda d: d["nodes"][0].update({"class": "Plain"}),
        lambda d: d["nodes"][0].update({"class": "Path"}),
        lambda d: d["nodes"][0]["members"].update({"output": {"layout": "hwc"}}),
        lambda d: d["tensors"][0]["members"].update({"layout": {"layout": "other"}}),
        lambda d: d["nodes"][0]["members"].update({"weights": {"array": "other"}}),
        lambda d: d["nodes"][0]["members"].update({"weights": 7}),
        lambda d: d["nodes"][0]["members"].pop("bias"),
        lambda d: d["steps"][0].update({"kernel": "linear other"}),
        lambda d: d["steps"][0].update({"node": 9}),
        lambda d: d.update({"input": {"tensor": 99}}),
        lambda d: d.update({"tensors": 3}),
        lambda d: d.pop("output"),
    ],
)
def test_other_content_is_refused(change: Change, network: Network, tmp_path: Path):
    content = changed(golden_file(network), change)
    with pytest.raises(UserError, match=r"cannot read .*golden.npz .*compile the network again"):
        read(content, tmp_path)
