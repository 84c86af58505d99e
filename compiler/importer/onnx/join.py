"""Concat, Pad and Resize: results that no view of one tensor has."""

import math
from dataclasses import replace

import numpy as np

from compiler.graph import Tensor
from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.constants import inverse_of, with_scale
from compiler.importer.onnx.folding import MAX_ELEMENTS
from compiler.importer.onnx.movement import moved_by
from compiler.importer.onnx.operator import Operator, axis_of
from compiler.importer.onnx.values import Codes, Constant, Pending, Reals, Value, quantized, through
from compiler.importer.onnx.view import Movement, View
from compiler.movement import Concat, Pad
from compiler.problem import UnsupportedError
from reference.quantization import Quantization
from reference.table import CODES


def concat(builder: Builder, operator: Operator) -> list[Value]:
    """Concat of activations and constants, each brought to the scale of the result."""
    values = [operator.value(place) for place in range(len(operator.inputs))]
    rank = len(values[0].shape)
    axis = axis_of(operator.integer("axis", 0), rank)
    others = {(*value.shape[:axis], *value.shape[axis + 1 :]) for value in values}
    if len(others) > 1 or any(len(value.shape) != rank for value in values):
        shapes = " and ".join(str(list(value.shape)) for value in values)
        raise UnsupportedError(f"it joins the shapes {shapes} on axis {axis}", "export the model again")
    front, back = values[0].shape[:axis], values[0].shape[axis + 1 :]
    shape = (*front, sum(value.shape[axis] for value in values), *back)
    for value in values:
        if isinstance(value, Pending):
            raise builder.unquantized(value, f"its input of shape {list(value.shape)}")

    if all(isinstance(value, Codes) for value in values):
        parts = [value for value in values if isinstance(value, Codes)]
        first = parts[0]
        if any((p.quantization, p.unsigned) != (first.quantization, first.unsigned) for p in parts):
            raise UnsupportedError("it joins codes of different scales", "put DequantizeLinear before it")
        view = _joined(builder, operator, [builder.coded(part) for part in parts], axis, shape)
        return [Codes(view=view, entries=CODES, unsigned=first.unsigned, quantization=first.quantization)]
    if any(isinstance(value, Codes) for value in values):
        raise UnsupportedError("it joins codes and real numbers", "put DequantizeLinear before it")

    def emit(quantization: Quantization, lo: int, hi: int) -> View:
        order = _order(values, axis)
        views = [_part(builder, operator, value, quantization, (lo, hi), order) for value in values]
        return _joined(builder, operator, views, axis, shape)

    return [Pending(name=operator.name, kind=operator.kind, shape=shape, emit=emit)]


def _order(values: list[Value], axis: int) -> tuple[int, ...]:
    """The order in memory of the largest activation; channels last for images of one channel."""
    views = [value.view for value in values if isinstance(value, Codes | Reals)]
    largest = max(views, key=lambda view: view.places.size)
    if len(largest.shape) == 4 and largest.shape[1] == axis == 1:
        return 0, 2, 3, 1
    return largest.order()


def _part(
    builder: Builder,
    operator: Operator,
    value: Value,
    quantization: Quantization,
    clip: tuple[int, int],
    order: tuple[int, ...],
) -> View:
    """One input with the scale of the result."""
    if isinstance(value, Constant):
        return with_scale(operator.name, value, quantization, order)
    assert isinstance(value, Reals)
    own = value.codes
    exact = own is not None and own.quantization == quantization
    entries = own.entries if own is not None and exact else quantized(value.values, quantization)
    entries = np.clip(entries, *clip).astype(np.int8)
    return builder.coded(Codes(view=value.view, entries=entries, unsigned=False, quantization=quantization))


def _joined(
    builder: Builder, operator: Operator, views: list[View], axis: int, shape: tuple[int, ...]
) -> View:
    order = _order([Reals(view=view, values=np.zeros(0)) for view in views], axis)
    kept = [place for place in order if shape[place] > 1 or place == axis]

    def part(view: View) -> Tensor:
        lengths = [view.shape[place] for place in kept]
        return builder.laid_out(view, lambda places: places.transpose(order), lengths)

    inputs = tuple(part(view) for view in views)
    output = Tensor(
        name=operator.name,
        shape=tuple(shape[place] for place in kept),
        quantization=views[0].tensor.quantization,
    )
    builder.nodes.append(Concat(name=operator.name, inputs=inputs, output=output, axis=kept.index(axis)))
    long, inverse = tuple(shape[place] for place in order), inverse_of(order)
    return View.of(output, lambda memory: memory.reshape(long).transpose(inverse))


def pad(builder: Builder, operator: Operator) -> list[Value]:
    """Pad with one value; what is cut off at an end becomes a slice."""
    value = operator.activation()
    rank, mode = len(value.shape), operator.text("mode", "constant")
    pads, axes = operator.integers_or_input("pads", 1), operator.integers_or_input("axes", 3)
    number = operator.constant(2, "value")
    real = operator.number("value", 0.0) if number is None or not number.size else float(number.ravel()[0])
    chosen = [axis_of(axis, rank) for axis in (axes if axes is not None else range(rank))]
    if pads is None or len(pads) != 2 * len(chosen) or mode != "constant" or not np.isfinite(real):
        raise UnsupportedError(
            f"it pads {list(pads or ())} with the mode {mode!r} and the value {real}",
            "use the mode 'constant', a finite value, and two pads for each axis",
        )
    before, after = [0] * rank, [0] * rank
    for place, axis in enumerate(chosen):
        before[axis], after[axis] = pads[place], pads[len(chosen) + place]
    if min(*before, *after) < 0:
        cut = tuple(
            slice(max(-first, 0), length - max(-last, 0))
            for first, last, length in zip(before, after, value.shape, strict=True)
        )
        value = moved_by(builder, value, lambda places: places[cut])
        before, after = [max(first, 0) for first in before], [max(last, 0) for last in after]
    if isinstance(value, Constant) or min(value.shape, default=1) < 1:
        raise UnsupportedError(f"it cuts everything off {list(value.shape)}", "export the model again")
    if not any((*before, *after)):
        return [value]
    shape = tuple(sum(ends) for ends in zip(before, value.shape, after, strict=True))

    def step(view: View) -> View:
        return _padded(builder, operator, view, real, (before, after))

    if isinstance(value, Pending):
        raise builder.unquantized(value)
    codes = value if isinstance(value, Codes) else builder.codes(value, "its input")
    view = step(builder.coded(codes))
    made = Codes(view=view, entries=CODES, unsigned=codes.unsigned, quantization=codes.quantization)
    assert view.shape == shape
    if isinstance(value, Codes):
        return [made]
    return [Reals(view=view, values=codes.quantization.real(CODES).astype(np.float32), codes=made)]


def _padded(
    builder: Builder, operator: Operator, view: View, real: float, ends: tuple[list[int], list[int]]
) -> View:
    order, quantization = view.order(), view.tensor.quantization
    code = round(real / quantization.scale) + quantization.zero
    if not -128 <= code <= 127:
        raise UnsupportedError(
            f"its value {real} is beyond the scale of its input", "pad with a value that int8 has"
        )
    long = [sum(parts) for parts in zip(ends[0], view.shape, ends[1], strict=True)]
    kept = [axis for axis in order if long[axis] > 1]
    x = builder.laid_out(view, lambda places: places.transpose(order), [view.shape[axis] for axis in kept])
    before, after = (tuple(end[axis] for axis in kept) for end in ends)
    shape = tuple(long[axis] for axis in kept)
    output = Tensor(name=operator.name, shape=shape, quantization=quantization)
    builder.nodes.append(
        Pad(name=operator.name, inputs=(x,), output=output, before=before, after=after, value=code)
    )
    full, inverse = tuple(long[axis] for axis in order), inverse_of(order)
    return View.of(output, lambda memory: memory.reshape(full).transpose(inverse))


def resize(builder: Builder, operator: Operator) -> list[Value]:
    """Resize or Upsample to the nearest element: every one repeated, or one of several taken."""
    value = operator.activation()
    mode = operator.text("mode", "nearest")
    if mode != "nearest":
        raise UnsupportedError(f"its mode is {mode!r}", "use the mode 'nearest'")
    repeats = [1] * len(value.shape)
    for axis, (length, wanted) in enumerate(zip(value.shape, _sizes(operator, value.shape), strict=True)):
        indices = _nearest(operator, length, wanted)
        repeats[axis] = max(wanted // length, 1)
        if not np.array_equal(indices, np.repeat(np.arange(length), repeats[axis])):
            repeats[axis] = 1
            value = moved_by(builder, value, _taken(indices, axis))
    shape = tuple(length * times for length, times in zip(value.shape, repeats, strict=True))
    if shape == value.shape:
        return [value]

    def step(view: View) -> View:
        return _repeated(builder, view, tuple(repeats))

    if isinstance(value, Pending):
        return [replace(value, shape=shape, steps=(*value.steps, step), channels=None, biased=None)]
    assert not isinstance(value, Constant)
    return [through(value, step)]


def _repeated(builder: Builder, view: View, repeats: tuple[int, ...]) -> View:
    """Each element several times along each axis, in the order of the view's memory."""
    order = view.order()
    inverse = inverse_of(order)
    lengths = [view.shape[axis] * repeats[axis] for axis in order]

    def spread(places: np.ndarray) -> np.ndarray:
        for axis in reversed(range(len(order))):
            places = np.expand_dims(places, axis + 1)
        long = [size for axis in range(len(order)) for size in (view.shape[axis], repeats[axis])]
        return np.broadcast_to(places, long).transpose([2 * axis + i for axis in order for i in (0, 1)])

    tensor = builder.laid_out(view, spread, lengths)
    return View.of(tensor, lambda memory: memory.transpose(inverse))


def _sizes(operator: Operator, shape: tuple[int, ...]) -> list[int]:
    """Lengths of the result's axes."""
    upsample = operator.kind == "Upsample" or operator.version < 11
    scales = operator.constant(1 if upsample else 2, "scales")
    sizes = None if upsample else operator.integers_or_input("sizes", 3)
    axes = operator.integers("axes") or tuple(range(len(shape)))
    given = sizes if sizes else scales.ravel().tolist() if scales is not None else ()
    found = list(shape)
    if len(given) != len(axes) or operator.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise UnsupportedError("it has no sizes or scales for each axis", "export it with constant sizes")
    for axis, number in zip(axes, given, strict=True):
        axis = axis_of(axis, len(shape))
        if not (np.isfinite(number) and number > 0):
            raise UnsupportedError(f"it resizes by {number}", "use sizes and scales above 0")
        found[axis] = int(number) if sizes else math.floor(shape[axis] * number)
    if min(found) < 1 or math.prod(found) > MAX_ELEMENTS:
        raise UnsupportedError(f"it makes the shape {found}", "use fewer elements")
    return found


def _nearest(operator: Operator, length: int, wanted: int) -> np.ndarray:
    """The element of the input that each one of an axis is taken from."""
    places, scale = np.arange(wanted), wanted / length
    default = "asymmetric" if operator.version < 11 else "half_pixel"
    kind = operator.text("coordinate_transformation_mode", default)
    coordinates = {
        "asymmetric": places / scale,
        "half_pixel": (places + 0.5) / scale - 0.5,
        "pytorch_half_pixel": (places + 0.5) / scale - 0.5 if wanted > 1 else places * 0.0,
        "align_corners": places * (length - 1) / max(wanted - 1, 1),
    }.get(kind)
    rounding = operator.text("nearest_mode", "floor" if operator.version < 11 else "round_prefer_floor")
    round_ = {
        "floor": np.floor,
        "ceil": np.ceil,
        "round_prefer_floor": lambda x: np.ceil(x - 0.5),
        "round_prefer_ceil": lambda x: np.floor(x + 0.5),
    }.get(rounding)
    if coordinates is None or round_ is None:
        raise UnsupportedError(
            f"its coordinate_transformation_mode is {kind!r} and its nearest_mode {rounding!r}",
            "use 'half_pixel' or 'asymmetric'",
        )
    return np.clip(round_(coordinates), 0, length - 1).astype(int)


def _taken(indices: np.ndarray, axis: int) -> Movement:
    """The movement that takes elements at equal distances."""
    steps = set(np.diff(indices).tolist())
    if len(steps) > 1 or (steps and min(steps) < 1):
        raise UnsupportedError(
            f"it takes the elements {indices.tolist()[:8]} of an axis", "resize by a whole number"
        )
    step, first = (steps.pop() if steps else 1), int(indices[0])
    cut = (*(slice(None),) * axis, slice(first, int(indices[-1]) + 1, step))
    return lambda places: places[cut]


JOINS = {"Concat": concat, "Pad": pad, "Resize": resize, "Upsample": resize}
