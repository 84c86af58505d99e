"""Operators of ONNX as onnxruntime's quantizer writes them: their nodes, and their results."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.compiler.onnx.models import FORMS, Model, compare, quantized

IMAGE, TOKENS, SIGNAL = (1, 3, 8, 10), (1, 6, 8), (1, 3, 12)


class Draw:
    """Random constants of a model."""

    def __init__(self, model: Model, rng: np.random.Generator) -> None:
        self.model, self.rng = model, rng

    def __call__(self, *shape: int, size: float = 0.3) -> str:
        return self.model.constant(self.rng.normal(size=shape) * size)

    def integers(self, *values: int) -> str:
        return self.model.constant(values, np.int64)

    def conv(self, x: str = "input", shape: tuple[int, ...] = (8, 3, 1, 1), **attributes: Any) -> str:
        return self.model.add("Conv", x, self(*shape), **attributes)

    def linear(self, x: str = "input", inputs: int = 8, outputs: int = 16) -> str:
        return self.model.add("MatMul", x, self(inputs, outputs))


Case = Callable[[Model, Draw], None]


def depthwise(m: Model, draw: Draw) -> None:
    x = draw.conv(draw.conv(), (8, 1, 3, 3), group=8, auto_pad="SAME_UPPER", strides=[2, 2])
    draw.conv(m.add("Clip", x, m.constant(0.0), m.constant(1.0)), (4, 8, 1, 1))


def grouped(m: Model, draw: Draw) -> None:
    draw.conv(draw.conv(), (12, 4, 3, 3), group=2, pads=[1, 1, 1, 1])


def dilated(m: Model, draw: Draw) -> None:
    x = m.add("Relu", draw.conv(shape=(8, 3, 3), dilations=[2], pads=[4, 0]))
    x = m.add("MaxPool", x, kernel_shape=[2], strides=[2])
    m.add("Gemm", m.add("Flatten", x), draw(48, 5))


def asymmetric_padding(m: Model, draw: Draw) -> None:
    draw.conv(draw.conv(), (4, 8, 4, 3), pads=[1, 0, 2, 2], strides=[2, 1])


def reshaped_gemm(m: Model, draw: Draw) -> None:
    x = m.add("Reshape", "input", draw.integers(6, 8))
    x = m.add("Reshape", m.add("Gemm", x, draw(8, 16), draw(16)), draw.integers(1, 6, 16))
    m.add("Gemm", m.add("Reshape", x, draw.integers(6, -1)), draw(4, 16), transB=1, alpha=0.5)


def bias_behind(m: Model, draw: Draw) -> None:
    draw.linear(m.add("Add", draw.linear(), draw(16, size=2.0)), 16)


def layer_scale(m: Model, draw: Draw) -> None:
    draw.linear(m.add("Mul", draw.linear(), draw(16)), 16)


def position(m: Model, draw: Draw) -> None:
    draw.linear(m.add("Add", draw.linear(), draw(1, 6, 16, size=1.0)), 16)


def gelu_of_four(m: Model, draw: Draw) -> None:
    x = draw.linear()
    y = m.add("Erf", m.add("Div", x, m.constant(np.sqrt(2.0))))
    y = m.add("Mul", x, m.add("Add", y, m.constant(1.0)))
    draw.linear(m.add("Mul", y, m.constant(0.5)), 16)


def gelu(m: Model, draw: Draw) -> None:
    m.version = 20
    draw.linear(m.add("Gelu", draw.linear()), 16)


def swish(m: Model, draw: Draw) -> None:
    x = draw.conv()
    draw.conv(m.add("Mul", x, m.add("Sigmoid", x)), (4, 8, 1, 1))


def leaky(m: Model, draw: Draw) -> None:
    draw.conv(m.add("LeakyRelu", draw.conv(), alpha=0.1), (4, 8, 1, 1))


def squeeze_and_excite(m: Model, draw: Draw) -> None:
    x = draw.conv()
    gate = m.add("Sigmoid", draw.conv(m.add("GlobalAveragePool", x), (8, 8, 1, 1)))
    draw.conv(m.add("Mul", x, gate), (4, 8, 1, 1))


def normalized(m: Model, draw: Draw) -> None:
    draw.linear(m.add("LayerNormalization", draw.linear(), draw(16, size=1.0), draw(16)), 16)


def heads(m: Model, draw: Draw) -> None:
    parts = m.add("Split", draw.linear(outputs=48), outputs=3, axis=2)
    orders = [0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]
    q, k, v = (
        m.add("Transpose", m.add("Reshape", part, draw.integers(1, 6, 4, 4)), perm=order)
        for part, order in zip(parts, orders, strict=True)
    )
    x = m.add("Softmax", m.add("Div", m.add("MatMul", q, k), m.constant(2.0)))
    x = m.add("Transpose", m.add("MatMul", x, v), perm=[0, 2, 1, 3])
    draw.linear(m.add("Reshape", x, draw.integers(1, 6, 16)), 16)


def patches(m: Model, draw: Draw) -> None:
    x = m.add("Reshape", draw.conv(shape=(16, 3, 2, 2), strides=[2, 2]), draw.integers(1, 16, -1))
    x = draw.linear(m.add("Transpose", x, perm=[0, 2, 1]), 16, 8)
    m.add("Gather", x, m.constant(0, np.int64), axis=1)


def class_token(m: Model, draw: Draw) -> None:
    draw.linear(m.add("Concat", draw(1, 1, 16, size=1.0), draw.linear(), axis=1), 16)


def joined(m: Model, draw: Draw) -> None:
    parts = draw.conv(), draw.conv(shape=(5, 3, 1, 1))
    draw.conv(m.add("Concat", *parts, axis=1), (4, 13, 3, 3))


def shuffled(m: Model, draw: Draw) -> None:
    x = m.add("Reshape", draw.conv(), draw.integers(1, 2, 4, 8, 10))
    x = m.add("Transpose", x, perm=[0, 2, 1, 3, 4])
    one, two = m.add("Split", m.add("Reshape", x, draw.integers(1, 8, 8, 10)), outputs=2, axis=1)
    draw.conv(m.add("Concat", draw.conv(one, (4, 4, 1, 1)), two, axis=1), (4, 8, 1, 1))


def padded(m: Model, draw: Draw) -> None:
    draw.conv(m.add("Pad", "input", draw.integers(0, 0, 1, 2, 0, 0, 0, 1)), (4, 3, 3, 3))


def resized(m: Model, draw: Draw) -> None:
    sizes = m.constant([1, 1, 2, 3])
    draw.conv(m.add("Resize", draw.conv(), "", sizes, mode="nearest"), (4, 8, 3, 3))


def cropped(m: Model, draw: Draw) -> None:
    ends = draw.integers(1, 2), draw.integers(8, 10), draw.integers(2, 3), draw.integers(2, 1)
    draw.conv(m.add("Slice", draw.conv(), *ends), (4, 8, 3, 3))


def pooled(m: Model, draw: Draw) -> None:
    sizes: dict[str, Any] = {"kernel_shape": [3, 3], "strides": [2, 2]}
    x = m.add("MaxPool", draw.conv(), pads=[1, 1, 1, 1], ceil_mode=1, **sizes)
    m.add("AveragePool", x, pads=[1, 1, 1, 1], count_include_pad=1, **sizes)


def channels_last(m: Model, draw: Draw) -> None:
    """The form that converters of TensorFlow models write."""
    x = draw.conv(m.add("Transpose", "input", perm=[0, 3, 1, 2]), pads=[0, 0, 1, 1], strides=[2, 2])
    x = m.add("Relu", draw.conv(x, (6, 8, 3, 3), pads=[0, 0, 1, 1]))
    x = m.add("Reshape", m.add("Transpose", x, perm=[0, 2, 3, 1]), draw.integers(1, -1))
    m.add("MatMul", x, draw(96, 6))


def averaged(m: Model, draw: Draw) -> None:
    m.add("Gemm", m.add("ReduceMean", draw.linear(), axes=[1], keepdims=0), draw(16, 4))


CASES: list[tuple[Case, tuple[int, ...], list[str]]] = [
    (depthwise, IMAGE, ["Conv", "Depthwise", "Conv"]),
    (grouped, IMAGE, ["Conv", "Conv"]),
    (dilated, SIGNAL, ["Conv", "MaxPool", "Strided", "Linear"]),
    (asymmetric_padding, IMAGE, ["Conv", "Conv"]),
    (reshaped_gemm, TOKENS, ["Linear", "Linear"]),
    (bias_behind, TOKENS, ["Linear", "Depthwise", "Linear"]),
    (layer_scale, TOKENS, ["Linear", "Depthwise", "Linear"]),
    (position, TOKENS, ["Linear", "Add", "Linear"]),
    (gelu_of_four, TOKENS, ["Linear", "Table", "Linear"]),
    (gelu, TOKENS, ["Linear", "Table", "Linear"]),
    (swish, IMAGE, ["Conv", "Table", "Conv"]),
    (leaky, IMAGE, ["Conv", "Table", "Conv"]),
    (squeeze_and_excite, IMAGE, ["Conv", "AveragePool", "Conv", "Table", "Strided", "Mul", "Conv"]),
    (normalized, TOKENS, ["Linear", "LayerNorm", "Linear"]),
    (
        heads,
        TOKENS,
        [
            *("Linear", "Strided", "Strided", "MatMul", "Softmax", "Strided", "MatMul", "Strided", "Linear"),
        ],
    ),
    (patches, IMAGE, ["Conv", "Linear", "Strided"]),
    (class_token, TOKENS, ["Linear", "Concat", "Linear"]),
    (joined, IMAGE, ["Conv", "Conv", "Table", "Concat", "Conv"]),
    (channels_last, (1, 8, 9, 3), ["Conv", "Conv", "Linear"]),
    (padded, IMAGE, ["Pad", "Conv"]),
    (resized, IMAGE, ["Conv", "Strided", "Conv"]),
    (cropped, IMAGE, ["Conv", "Strided", "Conv"]),
    (averaged, TOKENS, ["Linear", "AveragePool", "Linear"]),
    (pooled, IMAGE, ["Conv", "MaxPool", "Depthwise"]),
    (shuffled, IMAGE, ["Conv", "Strided", "Strided", "Conv", "Table", "Strided", "Concat", "Conv"]),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("build", "shape", "kinds"), CASES, ids=[case[0].__name__ for case in CASES])
def test_an_operator(
    build: Case, shape: tuple[int, ...], kinds: list[str], form: str, tmp_path: Path, rng: np.random.Generator
):
    model = Model(shape)
    build(model, Draw(model, rng))
    found = compare(quantized(model.proto(), tmp_path / "model.onnx", rng, **FORMS[form]), rng)
    # The values decide which parts of a concatenation have another scale than the result.
    left_out = {"Table"} if "Concat" in kinds else set()
    assert [kind for kind in found.kinds if kind not in left_out] == [
        kind for kind in kinds if kind not in left_out
    ]
    assert found.largest <= 1
    computed = {"Add", "AveragePool", "Conv", "Depthwise", "LayerNorm", "Linear", "MatMul", "Mul", "Softmax"}
    assert len(found.layers) >= sum(kind in computed for kind in kinds)
