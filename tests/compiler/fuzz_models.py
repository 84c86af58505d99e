"""Mutated model files: each becomes a network or one ``UserError``, never a traceback, and never hangs.

``python -m tests.compiler.fuzz_models --count 10000 --seed 1`` tries files of both formats. The same seed
gives the same files; a failure prints the command that repeats it alone.
"""

import argparse
import copy
import logging
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import numpy as np
import onnx

from common.errors import UserError
from compiler.compile import compile_graph
from compiler.importer.onnx.model import UNFORESEEN
from compiler.importer.read import read_model
from compiler.lowering import lowered
from hw.cluster.config import STANDARD
from tests.compiler.models import perceptron, residual
from tests.compiler.onnx.models import FORMS, Model, quantized
from tests.compiler.onnx.test_operators import CASES, Draw
from tests.compiler.tflite_writer import ModelSpec, written

#: Seconds after which a file counts as one that hangs.
LIMIT = 30
NUMBERS = (0, 1, -1, 2, 3, 7, 255, 256, -128, 1 << 16, (1 << 31) - 1, -(1 << 31), 1 << 40, (1 << 63) - 1)
REALS = (0.0, -0.0, 1e-45, 1e-30, 1.0, -1.0, 1e30, float("inf"), float("-inf"), float("nan"))


class HangError(BaseException):
    """A file takes longer than the limit."""


@contextmanager
def limited() -> Iterator[None]:
    """Raise ``HangError`` after the limit."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise HangError(f"longer than {LIMIT} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@cache
def onnx_source(number: int) -> bytes:
    """One of the models of the tests of operators, in one of the forms of onnxruntime's quantizer."""
    build, shape, _ = CASES[number % len(CASES)]
    rng = np.random.default_rng(number)
    model = Model(shape)
    build(model, Draw(model, rng))
    form = list(FORMS.values())[number % len(FORMS)]
    with tempfile.TemporaryDirectory() as folder:
        return quantized(model.proto(), Path(folder) / "model.onnx", rng, **form).read_bytes()


def tflite_source(number: int) -> ModelSpec:
    """One of the models of the tests of TFLite."""
    rng = np.random.default_rng(number)
    return perceptron(rng) if number % 2 else residual(rng)


def with_other_bytes(content: bytes, random: Random) -> bytes:
    """Bytes changed, cut off, or repeated."""
    data = bytearray(content)
    kind = random.randrange(4)
    if kind == 0:
        return bytes(data[: random.randrange(len(data) + 1)])
    if kind == 1:
        begin = random.randrange(len(data))
        return bytes(data[:begin] + data[begin : begin + random.randrange(64)] * 2 + data[begin:])
    for _ in range(random.choice((1, 1, 2, 4, 16, 64))):
        data[random.randrange(len(data))] = random.choice((random.randrange(256), 0, 255, 128))
    return bytes(data)


def _attribute(model: onnx.ModelProto, random: Random) -> None:
    node = random.choice(model.graph.node)
    if not node.attribute or random.random() < 0.2:
        name = random.choice(("axis", "axes", "perm", "group", "pads", "strides", "block_size", "mode", "to"))
        value: Any = random.choice((random.choice(NUMBERS), [random.choice(NUMBERS)], "constant", 0.5))
        node.attribute.append(onnx.helper.make_attribute(name, value))
        return
    attribute = random.choice(node.attribute)
    if random.random() < 0.2:
        node.attribute.remove(attribute)
    elif attribute.ints:
        attribute.ints[random.randrange(len(attribute.ints))] = random.choice(NUMBERS)
        if random.random() < 0.3:
            del attribute.ints[random.randrange(len(attribute.ints)) :]
    elif attribute.type == onnx.AttributeProto.STRING:
        attribute.s = random.choice((b"", b"SAME_UPPER", b"VALID", b"nearest", b"\xff"))
    else:
        attribute.i, attribute.f = random.choice(NUMBERS), random.choice(REALS)
        kinds: list[Any] = [attribute.type, *onnx.AttributeProto.AttributeType.values()]
        attribute.type = random.choice(kinds)


def _constant(model: onnx.ModelProto, random: Random) -> None:
    tensor = random.choice(model.graph.initializer)
    kind = random.randrange(6)
    if kind == 0 and tensor.dims:
        tensor.dims[random.randrange(len(tensor.dims))] = random.choice(NUMBERS)
    elif kind == 1:
        tensor.data_type = random.randrange(26)
    elif kind == 2:
        tensor.dims.append(random.choice((1, 1, 2, 0)))
    elif kind == 3:
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (
            ("location", random.choice(("", "../secret", "/etc/passwd", "model.onnx", "a\0b", "."))),
            ("offset", str(random.choice((*NUMBERS, "x")))),
            ("length", str(random.choice((*NUMBERS, "")))),
        ):
            tensor.external_data.add(key=key, value=value)
    else:
        with_values(tensor, random)


def with_values(tensor: onnx.TensorProto, random: Random) -> None:
    """Change the elements of a constant."""
    array = onnx.numpy_helper.to_array(tensor).copy()
    values = REALS if np.issubdtype(array.dtype, np.floating) else NUMBERS
    if array.size:
        with np.errstate(all="ignore"):
            place = random.randrange(array.size)
            array.reshape(-1)[place] = np.array(random.choice(values)).astype(array.dtype)
    if random.random() < 0.3:
        array = np.resize(array, random.choice(((), (1,), (2,), (3, 3), (0,), (1, 1, 1, 1), (1, 8), (4096,))))
    tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))


def _wiring(model: onnx.ModelProto, random: Random) -> None:
    nodes = model.graph.node
    node = random.choice(nodes)
    names = [name for other in nodes for name in (*other.input, *other.output)]
    names += [tensor.name for tensor in model.graph.initializer]
    kind = random.randrange(6)
    if kind == 0 and node.input:
        node.input[random.randrange(len(node.input))] = random.choice((*names, "", "unknown"))
    elif kind == 1:
        node.output[random.randrange(len(node.output))] = random.choice((*names, ""))
    elif kind == 2 and len(nodes) > 1:
        nodes.remove(node)
    elif kind == 3:
        nodes.insert(random.randrange(len(nodes)), copy.deepcopy(node))
    elif kind == 4:
        del node.input[random.randrange(len(node.input) + 1) :]
    else:
        node.input.append(random.choice(names))


def _kind(model: onnx.ModelProto, random: Random) -> None:
    node = random.choice(model.graph.node)
    known = [schema.name for schema in onnx.defs.get_all_schemas()]
    if random.random() < 0.1:
        node.domain = random.choice(("com.microsoft", "ai.onnx.ml", "other"))
    elif random.random() < 0.1:
        model.opset_import[0].version = random.choice(NUMBERS)
    else:
        node.op_type = random.choice((*known, "RequantShift", "QLinearConv", "Nothing"))


def _ends(model: onnx.ModelProto, random: Random) -> None:
    value = random.choice((model.graph.input[0], model.graph.output[0]))
    dims = value.type.tensor_type.shape.dim
    kind = random.randrange(4)
    if kind == 0 and dims:
        dims[random.randrange(len(dims))].dim_value = random.choice(NUMBERS)
    elif kind == 1:
        value.type.tensor_type.elem_type = random.randrange(26)
    elif kind == 2 and dims:
        dims[random.randrange(len(dims))].dim_param = "batch"
    else:
        dims.add().dim_value = random.choice((1, 2, 3))


_CHANGES: tuple[Callable[[onnx.ModelProto, Random], None], ...] = (
    *(_attribute, _constant, _wiring, _kind, _ends),
)


def onnx_file(random: Random) -> bytes:
    """A mutated ONNX file."""
    content = onnx_source(random.randrange(2 * len(CASES)))
    if random.random() < 0.3:
        return with_other_bytes(content, random)
    model = onnx.ModelProto.FromString(content)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        try:
            random.choice(_CHANGES)(model, random)
        except (ValueError, TypeError, IndexError, KeyError, OverflowError, onnx.checker.ValidationError):
            continue  # protobuf takes no such value
    return model.SerializeToString()


def tflite_file(random: Random) -> bytes:
    """A mutated TFLite file."""
    model = tflite_source(random.randrange(8))
    if random.random() < 0.5:
        return with_other_bytes(written(model), random)
    for _ in range(random.choice((1, 1, 2))):
        tensor = random.choice(model.tensors)
        operator = random.choice(model.operators)
        kind = random.randrange(6)
        small = [number for number in NUMBERS if abs(number) < 1 << 31]
        if kind == 0 and tensor.shape:
            shape = list(tensor.shape)
            shape[random.randrange(len(shape))] = random.choice(small)
            tensor.shape = tuple(shape)
        elif kind == 1:
            tensor.scales = tuple(random.choice(REALS) for _ in range(random.choice((0, 1, 1, 2))))
            tensor.zeros = (0,) * len(tensor.scales)
        elif kind == 2:
            tensor.zeros = (random.choice(small),) * len(tensor.scales)
        elif kind == 3:
            tensor.dtype = random.choice(("int8", "int32", "uint8", "float32"))
        elif kind == 4:
            operator.kind = random.randrange(140)
        else:
            operator.inputs = tuple(random.randrange(-1, len(model.tensors)) for _ in operator.inputs)
    try:
        return written(model)
    except (ValueError, TypeError, KeyError, OverflowError, AssertionError):
        return b""  # the writer takes no such model


def outcome(seed: int, number: int, folder: Path) -> str:
    """``network``, or ``refused`` after a ``UserError``; any other exception is the file's failure."""
    random = Random(f"{seed} {number}")
    suffix, make = random.choice(((".onnx", onnx_file), (".onnx", onnx_file), (".tflite", tflite_file)))
    path = folder / f"model{suffix}"
    path.write_bytes(make(random))
    with limited():
        try:
            graph = read_model(path)
            for node in graph.nodes:
                if node.operator != "Reshape":
                    lowered(node)
            if random.random() < 0.05:
                compile_graph(graph, STANDARD)
        except UserError as error:
            if UNFORESEEN in str(error):  # a check is missing, and NumPy or onnx failed in its place
                raise AssertionError(str(error)) from error
            return "refused"
    return "network"


def main() -> None:
    """Try mutated files, and stop at the first failure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="number of files")
    parser.add_argument("--seed", type=int, default=1, help="of all files")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    given = parser.parse_args()
    logging.disable(logging.WARNING)  # onnxruntime's quantizer advises against every small model
    found: Counter[str] = Counter()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.first, given.first + given.count):
            try:
                found[outcome(given.seed, number, Path(folder))] += 1
            except (Exception, HangError):
                traceback.print_exc()
                sys.exit(
                    f"file {number} failed; to repeat: python -m tests.compiler.fuzz_models "
                    f"--seed {given.seed} --first {number} --count 1"
                )
            if sys.stderr.isatty() and number % 100 == 0:
                print(f"\r{number} files", end="", file=sys.stderr)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(found.items()))
    print(f"{given.count} files in {time.monotonic() - start:.0f} s: {counts}")


if __name__ == "__main__":
    main()
