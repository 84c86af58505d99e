"""Small TFLite models for tests."""

from itertools import pairwise

import numpy as np
import tflite

from tests.compiler.tflite_writer import ModelSpec, OperatorSpec, TensorSpec, fully_connected


def perceptron(rng: np.random.Generator, sizes: tuple[int, ...] = (40, 24, 7)) -> ModelSpec:
    """Fully-connected layers, asymmetric activations, ReLU between them."""
    tensors = [TensorSpec("input", (1, sizes[0]), scales=(0.05,), zeros=(-3,))]
    operators = []
    for number, (before, after) in enumerate(pairwise(sizes)):
        source = len(tensors) - 1
        scale = tensors[source].scales[0]
        weights = rng.integers(-127, 128, (after, before)).astype(np.int8)
        bias = rng.integers(-2000, 2000, after).astype(np.int32)
        tensors += [
            TensorSpec(f"weights{number}", weights.shape, scales=(0.01,), data=weights),
            TensorSpec(f"bias{number}", bias.shape, "int32", scales=(scale * 0.01,), data=bias),
            TensorSpec(f"layer{number}", (1, after), scales=(0.2,), zeros=(-5,)),
        ]
        operators.append(
            OperatorSpec(
                tflite.BuiltinOperator.FULLY_CONNECTED,
                (source, source + 1, source + 2),
                (source + 3,),
                fully_connected(activation=1),
            )
        )
    return ModelSpec(tensors, operators, outputs=(len(tensors) - 1,))
