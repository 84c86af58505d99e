"""Seeded parameters of an architecture: weights that keep the size of activations, pruned or dense."""

from collections.abc import Mapping

import numpy as np

from compiler.models.architecture import Add, Architecture, Layer, Weighted
from reference import blocks

#: Size of random biases and of the spread of gains, where activations are about 1.
_SPREAD = 0.1
#: Size of what a layer adds to a sum of two. Larger branches make the tokens of a transformer alike.
_BRANCH = 0.5


def seeded(architecture: Architecture, seed: int, m: int | None = None) -> dict[str, np.ndarray]:
    """Random parameters by name, float32; the same seed gives the same ones.

    Parameters
    ----------
    architecture : Architecture
    seed : int
    m : int, optional
        Prune the prunable layers to 1:M, from the weights that the dense network has.

    Raises
    ------
    UserError
        When there are no blocks of M.
    """
    if m is not None:
        blocks.check_block_size(m)
    rng = np.random.default_rng(seed)
    found = {}
    branches = {name for layer in architecture.layers if isinstance(layer, Add) for name in layer.inputs}
    for layer in architecture.layers:
        for name, shape in layer.parameters(*architecture.inputs_of(layer)).items():
            values = rng.standard_normal(shape)
            if name == "weight":
                values = _scaled(pruned(values, m) if m and _prunable(layer) else values)
                values *= _BRANCH if layer.name in branches else 1
            elif name == "gain":
                values = 1 + _SPREAD * values
            elif name == "bias":
                values = _SPREAD * values
            found[f"{layer.name}.{name}"] = values.astype(np.float32)
    return found


def pruned(weights: np.ndarray, m: int) -> np.ndarray:
    """Weights of (K, C, rows, columns) in 1:M along their reduction, which has the channels innermost."""
    moved = np.moveaxis(weights, 1, -1)
    return np.moveaxis(blocks.prune(np.ascontiguousarray(moved), m), -1, 1)


def check_parameters(architecture: Architecture, parameters: Mapping[str, np.ndarray]) -> None:
    """Raise ``ValueError`` unless there is one array of the right shape for each parameter."""
    found = {name: values.shape for name, values in parameters.items()}
    if found != dict(architecture.parameters):
        wrong = sorted(dict(found.items() ^ architecture.parameters.items()))
        raise ValueError(f"parameters of {architecture.name} are missing or of another shape: {wrong}")


def _prunable(layer: Layer) -> bool:
    return isinstance(layer, Weighted) and layer.prunable


def _scaled(weights: np.ndarray) -> np.ndarray:
    """Output channels of length 1, which make outputs as large as inputs."""
    rows = weights.reshape(len(weights), -1)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).reshape(weights.shape)
