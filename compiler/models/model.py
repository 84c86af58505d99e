"""Models of named networks: seeded, pruned, quantized, as ONNX."""

import numpy as np
import onnx

from compiler.models.parameters import seeded
from compiler.models.qdq import qdq_model
from compiler.models.quantized import quantized
from compiler.models.registry import architecture_named


def seeded_model(name: str, *, m: int | None = None, seed: int = 1) -> onnx.ModelProto:
    """The QDQ model of a network with random weights; the same arguments give the same bytes.

    Parameters
    ----------
    name : str
        As in ``registry.ARCHITECTURES``.
    m : int, optional
        Prune the prunable layers to 1:M.
    seed : int
        Of the weights, and of the random sample that the scales come from.

    Raises
    ------
    UserError
        When there is no such network or block size.
    """
    architecture = architecture_named(name)
    sample = np.random.default_rng([seed, 1]).standard_normal(architecture.input_shape)
    return qdq_model(architecture, quantized(architecture, seeded(architecture, seed, m), sample))
