"""Small TFLite models for tests."""

from itertools import pairwise

import numpy as np
import tflite

from tests.compiler.tflite_writer import ModelSpec, OperatorSpec, TensorSpec, add, conv, fully_connected


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


def residual(rng: np.random.Generator) -> ModelSpec:
    """A convolution with stride 2 and padding on two sides, one that keeps the size, and their sum."""
    shapes = {"image": (1, 8, 8, 3), "one": (1, 4, 4, 6), "two": (1, 4, 4, 6), "sum": (1, 4, 4, 6)}
    tensors = [TensorSpec(name, shape, scales=(0.1,), zeros=(7,)) for name, shape in shapes.items()]
    for number, channels in enumerate((3, 6)):
        weights = rng.integers(-127, 128, (6, 3, 3, channels)).astype(np.int8)
        scales = tuple(rng.uniform(0.001, 0.002, 6).astype(np.float32).tolist())
        tensors.append(
            TensorSpec(f"weights{number}", weights.shape, scales=scales, zeros=(0,) * 6, data=weights)
        )
    kinds = tflite.BuiltinOperator
    operators = [
        OperatorSpec(kinds.CONV_2D, (0, 4), (1,), conv(stride=2)),
        OperatorSpec(kinds.CONV_2D, (1, 5), (2,), conv(activation=1)),
        OperatorSpec(kinds.ADD, (1, 2), (3,), add()),
    ]
    return ModelSpec(tensors, operators, outputs=(3,))
