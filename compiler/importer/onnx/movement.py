"""Movement of elements: views wherever NumPy has one."""

import math
from functools import partial

import numpy as np

from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.operator import Operator, axis_of
from compiler.importer.onnx.values import Value, moved
from compiler.importer.onnx.view import Movement
from compiler.problem import UnsupportedError


def moved_by(builder: Builder, value: Value, movement: Movement) -> Value:
    """A value behind a movement; ``UnsupportedError`` when the movement does not fit its shape."""
    try:
        return moved(value, movement, partial(builder.moved, movement=movement))
    except (ValueError, IndexError, TypeError) as error:
        raise UnsupportedError(
            f"it does not fit the shape {list(value.shape)} ({error})", "export the model again"
        ) from error


def _reshaped(shape: tuple[int, ...]) -> Movement:
    return lambda places: np.reshape(places, shape, copy=None if places.flags.owndata else False)


def _to(builder: Builder, operator: Operator, shape: tuple[int, ...]) -> list[Value]:
    value = operator.value(0)
    if any(size < 0 for size in shape) or math.prod(shape) != math.prod(value.shape):
        raise UnsupportedError(
            f"it makes the shape {list(shape)} of {list(value.shape)}", "export the model again"
        )
    return [moved_by(builder, value, _reshaped(shape))]


def reshape(builder: Builder, operator: Operator) -> list[Value]:
    """Reshape to a constant shape."""
    wanted, given = operator.integers_or_input("shape", 1), operator.value(0).shape
    if wanted is None:
        raise UnsupportedError("it has no shape", "export the model again")
    zeros = operator.integer("allowzero", 0)
    if any(size < -1 for size in wanted) or wanted.count(-1) > 1:
        raise UnsupportedError(f"its shape is {list(wanted)}", "use one -1 at most")
    if not zeros and any(size == 0 and axis >= len(given) for axis, size in enumerate(wanted)):
        raise UnsupportedError(f"its shape is {list(wanted)} for {list(given)}", "export the model again")
    shape = [given[axis] if size == 0 and not zeros else size for axis, size in enumerate(wanted)]
    if -1 in shape:
        rest = -math.prod(shape)
        shape[shape.index(-1)] = math.prod(given) // rest if rest else 0
    return _to(builder, operator, tuple(shape))


def flatten(builder: Builder, operator: Operator) -> list[Value]:
    """Flatten to two axes."""
    shape = operator.value(0).shape
    axis = operator.integer("axis", 1)
    axis = axis if axis == len(shape) else axis_of(axis, len(shape))
    return _to(builder, operator, (math.prod(shape[:axis]), math.prod(shape[axis:])))


def squeeze(builder: Builder, operator: Operator) -> list[Value]:
    """Squeeze."""
    shape = operator.value(0).shape
    axes = operator.integers_or_input("axes", 1)
    chosen = (
        {axis for axis, length in enumerate(shape) if length == 1}
        if axes is None
        else {axis_of(axis, len(shape)) for axis in axes}
    )
    kept = tuple(length for axis, length in enumerate(shape) if axis not in chosen)
    return _to(builder, operator, kept)


def unsqueeze(builder: Builder, operator: Operator) -> list[Value]:
    """Unsqueeze."""
    shape, axes = operator.value(0).shape, operator.integers_or_input("axes", 1) or ()
    rank = len(shape) + len(axes)
    chosen = {axis_of(axis, rank) for axis in axes}
    rest = iter(shape)
    if len(chosen) != len(axes):
        raise UnsupportedError(f"its axes are {list(axes)}", "give each axis once")
    return _to(builder, operator, tuple(1 if axis in chosen else next(rest) for axis in range(rank)))


def transpose(builder: Builder, operator: Operator) -> list[Value]:
    """Transpose."""
    rank = len(operator.value(0).shape)
    order = operator.integers("perm") or tuple(reversed(range(rank)))
    if sorted(order) != list(range(rank)):
        raise UnsupportedError(f"its perm is {list(order)} for {rank} axes", "name each axis once")
    return [moved_by(builder, operator.value(0), lambda places: places.transpose(order))]


def identity(builder: Builder, operator: Operator) -> list[Value]:
    """Identity, and Dropout, which changes nothing in inference."""
    return [operator.value(0)]


def slice_(builder: Builder, operator: Operator) -> list[Value]:
    """Slice with constant limits."""
    value = operator.value(0)
    rank = len(value.shape)
    starts, ends = operator.integers_or_input("starts", 1), operator.integers_or_input("ends", 2)
    if starts is None or ends is None:
        raise UnsupportedError("it has no starts or no ends", "export the model again")
    axes = operator.integers_or_input("axes", 3) or tuple(range(len(starts)))
    steps = operator.integers_or_input("steps", 4) or (1,) * len(starts)
    if len({len(starts), len(ends), len(axes), len(steps)}) != 1:
        raise UnsupportedError("its starts, ends, axes and steps differ in length", "export the model again")
    cut = [slice(None)] * rank
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        axis, length = axis_of(axis, rank), value.shape[axis_of(axis, rank)]
        if step == 0:
            raise UnsupportedError("its step is 0", "use another step")
        past = step < 0 and end < -length  # such an end lies before the first element
        cut[axis] = slice(start, None if past else end, step)
    return [moved_by(builder, value, lambda places: places[tuple(cut)])]


def split(builder: Builder, operator: Operator) -> list[Value]:
    """Split into parts of given or equal lengths."""
    value, count = operator.value(0), len(operator.node.output)
    axis = axis_of(operator.integer("axis", 0), len(value.shape))
    length = value.shape[axis]
    parts = operator.integers_or_input("split", 1)
    if parts is None:
        each = -(-length // count)
        parts = tuple(max(min(each, length - number * each), 0) for number in range(count))
    if len(parts) != count or sum(parts) != length or min(parts) < 1:
        raise UnsupportedError(
            f"it splits {length} elements into {list(parts)}", "give the length of each part"
        )
    ends = np.cumsum(parts).tolist()

    def part(number: int) -> Movement:
        cut = (slice(None),) * axis + (slice(ends[number] - parts[number], ends[number]),)
        return lambda places: places[cut]

    return [moved_by(builder, value, part(number)) for number in range(count)]


def gather(builder: Builder, operator: Operator) -> list[Value]:
    """Gather of one element of an axis, or of elements at equal distances."""
    value = operator.value(0)
    axis = axis_of(operator.integer("axis", 0), len(value.shape))
    indices, length = operator.constant(1, "indices"), value.shape[axis]
    if indices is None or not np.issubdtype(indices.dtype, np.integer) or indices.ndim > 1:
        raise UnsupportedError("its indices are no list of integers", "gather one index or a list")
    if indices.size == 0 or indices.min() < -length or indices.max() >= length:
        raise UnsupportedError(f"an index is not among {length} elements", "export the model again")
    places = indices.astype(np.int64) % length
    front = (slice(None),) * axis
    if indices.ndim == 0:
        return [moved_by(builder, value, lambda array: array[(*front, int(places))])]
    steps = set(np.diff(places).tolist())
    step = steps.pop() if steps else 1
    if steps or step == 0:
        raise UnsupportedError(f"its indices are {places.tolist()[:8]}", "gather indices at equal distances")
    end = int(places[-1]) + (1 if step > 0 else -1)
    cut = (*front, slice(int(places[0]), None if end < 0 else end, step))
    return [moved_by(builder, value, lambda array: array[cut])]


def expand(builder: Builder, operator: Operator) -> list[Value]:
    """Expand to a constant shape."""
    value, wanted = operator.value(0), operator.integers_or_input("shape", 1)
    try:
        shape = np.broadcast_shapes(value.shape, wanted or ())
    except ValueError as error:
        raise UnsupportedError(
            f"it expands {list(value.shape)} to {list(wanted or ())}", "use shapes that fit"
        ) from error
    return [moved_by(builder, value, lambda places: np.broadcast_to(places, shape))]


def depth_to_space(builder: Builder, operator: Operator) -> list[Value]:
    """DepthToSpace and SpaceToDepth."""
    value, size = operator.value(0), operator.integer("blocksize", 0)
    if len(value.shape) != 4 or not 1 <= size < 1 << 15:
        raise UnsupportedError(f"its blocksize is {size} for {list(value.shape)}", "give it an image")
    batch, channels, rows, columns = value.shape
    if operator.kind == "SpaceToDepth":
        split = (batch, channels, rows // size, size, columns // size, size)
        order = (0, 3, 5, 1, 2, 4)
        shape = (batch, channels * size * size, rows // size, columns // size)
    else:
        parts = (size, size, channels // (size * size))
        first = operator.text("mode", "DCR") == "DCR"
        split = (batch, *(parts if first else (parts[2], size, size)), rows, columns)
        order = (0, 3, 4, 1, 5, 2) if first else (0, 1, 4, 2, 5, 3)
        shape = (batch, parts[2], rows * size, columns * size)
    for movement in (_reshaped(split), lambda places: places.transpose(order), _reshaped(shape)):
        value = moved_by(builder, value, movement)
    return [value]


MOVEMENTS = {
    "DepthToSpace": depth_to_space,
    "Dropout": identity,
    "Expand": expand,
    "Flatten": flatten,
    "Gather": gather,
    "Identity": identity,
    "Reshape": reshape,
    "Slice": slice_,
    "SpaceToDepth": depth_to_space,
    "Split": split,
    "Squeeze": squeeze,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}
