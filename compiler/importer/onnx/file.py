"""An ONNX file as a checked model: sizes, operator sets, and constants that lie in other files."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from common.errors import UserError

#: Largest file that is read, model or constants: 1 GiB.
MAX_BYTES = 1 << 30
#: Most operators of a model.
MAX_OPERATORS = 100_000
#: Most elements of a tensor.
MAX_ELEMENTS = 1 << 28
#: Operator sets of the default domain; QuantizeLinear has scales per axis since 13, and came with 10.
OPERATOR_SETS = range(10, onnx.defs.onnx_opset_version() + 1)
#: Domains in which an operator means what it does in the default domain.
DOMAINS = ("", "ai.onnx", "com.microsoft")
#: Failures of protobuf's and onnx's readers on invalid content.
_DAMAGE = (
    AttributeError,
    DecodeError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn the failures of protobuf's and onnx's readers into one ``UserError``."""
    try:
        yield
    except _DAMAGE as error:
        if isinstance(error, UserError):
            raise
        text = " ".join(str(error).split())[:200]
        raise UserError(
            f"{what} is damaged or not an ONNX file ({type(error).__name__}: {text}); "
            "export the model again, as ONNX or TFLite"
        ) from error


def _content(path: Path, offset: int = 0, length: int | None = None) -> bytes:
    """Bytes of a file."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UserError(
                f"{path} has {size:,} bytes, but at most {MAX_BYTES:,} are read; give a smaller model"
            )
        with path.open("rb") as file:
            file.seek(offset)
            return file.read() if length is None else file.read(length)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"cannot read {path}: {reason}; give a file that can be read") from error


def read_file(path: Path) -> onnx.ModelProto:
    """Read an ONNX file.

    Raises ``UserError`` when it cannot be read, is damaged, or is larger than the limits of this file.
    """
    content = _content(path)
    with reading(str(path)):
        model = onnx.ModelProto.FromString(content)
    if not model.HasField("graph") or not model.opset_import:
        raise UserError(
            f"{path} is damaged or not an ONNX file (it has no graph or no operator set); "
            "export the model again, as ONNX or TFLite"
        )
    if len(model.graph.node) > MAX_OPERATORS:
        raise UserError(
            f"{path} has {len(model.graph.node):,} operators, but at most {MAX_OPERATORS:,} are read; "
            "give a smaller model"
        )
    if not all(isinstance(text, str) for text in _texts(model)):
        raise UserError(
            f"{path} is damaged: a name in it is no text in UTF-8; export the model again, as ONNX or TFLite"
        )
    operator_set(path, model)
    return model


def _texts(model: onnx.ModelProto) -> Iterator[str]:
    """Names in a model, which protobuf gives as bytes where they are no text."""
    graph = model.graph
    yield from (entry.domain for entry in model.opset_import)
    for tensor in graph.initializer:
        yield tensor.name
        for entry in tensor.external_data:
            yield from (entry.key, entry.value)
    for value in (*graph.input, *graph.output):
        yield value.name
        yield from (dim.dim_param for dim in value.type.tensor_type.shape.dim)
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (attribute.name for attribute in node.attribute)


def operator_set(path: Path, model: onnx.ModelProto) -> int:
    """Number of the default domain's operator set; ``UserError`` when it is not among those supported."""
    versions = {entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")}
    first, last = OPERATOR_SETS[0], OPERATOR_SETS[-1]
    if len(versions) != 1 or not versions <= set(OPERATOR_SETS):
        given = ", ".join(map(str, sorted(versions))) or "none"
        raise UserError(
            f"{path} uses the operator set {given}, but {first} to {last} are read; convert it with "
            "onnx.version_converter.convert_version(model, 21)"
        )
    return versions.pop()


def constant(tensor: onnx.TensorProto, folder: Path) -> np.ndarray:
    """Elements of a tensor in the model or in a file below its folder.

    Raises ``UserError`` when sizes do not match or the file lies elsewhere.
    """
    name = f"the constant {tensor.name!r}"
    count = 1
    for size in tensor.dims:
        count *= size
        if size < 0 or count >= MAX_ELEMENTS:
            raise UserError(
                f"{name} has the shape {list(tensor.dims)}, but at most {MAX_ELEMENTS:,} elements are read; "
                "give a smaller model"
            )
    with reading(name):
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            tensor = _with_content(tensor, folder, count)
        return numpy_helper.to_array(tensor)


def _with_content(tensor: onnx.TensorProto, folder: Path, count: int) -> onnx.TensorProto:
    """The tensor with its content from the file that it names."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location, offset = entries.get("location", ""), int(entries.get("offset") or 0)
    size = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)).itemsize * count
    length = int(entries.get("length") or size)
    root = folder.resolve()
    path = (root / location).resolve()
    if not location or Path(location).is_absolute() or not path.is_relative_to(root):
        raise UserError(
            f"the constant {tensor.name!r} lies in the file {location!r}, which is not below the "
            "folder of the model; save the model again with its external data beside it"
        )
    content = _content(path, offset, length) if offset >= 0 and 0 <= length <= size else b""
    if len(content) != size:
        raise UserError(
            f"the constant {tensor.name!r} needs {size} bytes at {offset} of {location!r}, which has "
            f"{len(content)} there; save the model again with its external data"
        )
    loaded = onnx.TensorProto(dims=tensor.dims, data_type=tensor.data_type, raw_data=content)
    loaded.name = tensor.name
    return loaded
