"""TFLite's movements of elements: views wherever NumPy has one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tflite

from compiler.graph import AveragePool, Node, Tensor
from compiler.importer.tflite_file import FileOperator
from compiler.importer.tflite_operands import Tensors, constant, integers, options_of
from compiler.movement import Concat, Pad, Reshape, Strided
from compiler.problem import UnsupportedError
from reference.window import Window
from sw_kernels.strided.axis import dense

#: What a movement does with an array of the input's shape.
Movement = Callable[[np.ndarray], np.ndarray]


def _view(ends: dict[str, Any], shape: tuple[int, ...], movement: Movement) -> Strided:
    """The view that a movement makes of an input of this shape, the batch in front."""
    base = np.lib.stride_tricks.as_strided(np.zeros(1, np.int8), shape, dense(shape))
    try:
        seen = movement(base)
    except (ValueError, IndexError, TypeError) as error:
        raise UnsupportedError(
            f"it does not fit the shape {list(shape)} ({error})", "export the model again"
        ) from error
    kept = [(length, stride) for length, stride in zip(seen.shape, seen.strides, strict=True) if length != 1]
    output = ends["output"]
    if [length for length, _ in kept] != [length for length in output.shape if length != 1]:
        raise UnsupportedError(
            f"it makes the shape {list(seen.shape)}, but its output has {[1, *output.shape]}",
            "export the model again",
        )
    strides = iter(stride for _, stride in kept)
    _check_scale(ends["inputs"][0], output)
    return Strided(
        **ends,
        offset=seen.ctypes.data - base.ctypes.data,
        strides=tuple(0 if length == 1 else next(strides) for length in output.shape),
    )


def _check_scale(source: Tensor, output: Tensor) -> None:
    if source.quantization != output.quantization:
        raise UnsupportedError(
            "it changes scale or zero point", "keep scale and zero point where elements only move"
        )


def _full(tensor: Tensor) -> tuple[int, ...]:
    return 1, *tensor.shape


def _axis(axis: int, rank: int) -> int:
    """An axis counted from the batch on, not from the end."""
    if not -rank <= axis < rank:
        raise UnsupportedError(f"its axis is {axis} of {rank} axes", "export the model again")
    return axis % rank


def reshape(tensors: Tensors, operator: FileOperator) -> Node:
    """RESHAPE, SQUEEZE and EXPAND_DIMS."""
    ends = tensors.ends(operator)
    x, y = ends["inputs"][0], ends["output"]
    if x.size != y.size or (x.scale, x.zero) != (y.scale, y.zero):
        raise UnsupportedError(
            f"it makes {list(y.shape)} of {list(x.shape)}, or changes the scale",
            "keep number of elements, scale and zero point",
        )
    return Reshape(**ends)


def transpose(tensors: Tensors, operator: FileOperator) -> Node:
    """TRANSPOSE by a constant order."""
    ends, order = tensors.ends(operator), integers(operator, 1, "order")
    return _view(ends, _full(ends["inputs"][0]), lambda array: array.transpose(order))


def cut(tensors: Tensors, operator: FileOperator) -> Node:
    """SLICE: begin and size, of which -1 is all that is left."""
    ends, begin, size = tensors.ends(operator), integers(operator, 1, "begin"), integers(operator, 2, "size")
    shape = _full(ends["inputs"][0])
    if not len(begin) == len(size) == len(shape):
        raise UnsupportedError(
            f"it begins at {begin} with the size {size}, of {len(shape)} axes", "export the model again"
        )
    slices = tuple(
        slice(first, length if count == -1 else first + count)
        for first, count, length in zip(begin, size, shape, strict=True)
    )
    return _view(ends, shape, lambda array: array[slices])


def strided_slice(tensors: Tensors, operator: FileOperator) -> Node:
    """STRIDED_SLICE with constant ends and steps; an axis may be taken at one index."""
    ends = tensors.ends(operator)
    begin, end, step = (integers(operator, place, "ends and steps") for place in (1, 2, 3))
    options = options_of(operator, tflite.StridedSliceOptions)
    shape = _full(ends["inputs"][0])
    if options.EllipsisMask() or options.NewAxisMask() or not len(begin) == len(end) == len(step):
        raise UnsupportedError(
            "it has an ellipsis or a new axis", "give begin, end and step of each axis instead"
        )
    if len(begin) > len(shape) or 0 in step:
        raise UnsupportedError(
            f"its steps are {step} for {len(shape)} axes", "use steps other than 0, one for each axis"
        )
    slices: list[slice | int] = []
    for axis, (first, last, by) in enumerate(zip(begin, end, step, strict=True)):
        if options.ShrinkAxisMask() >> axis & 1:
            slices.append(first)
            continue
        low = None if options.BeginMask() >> axis & 1 else first
        high = None if options.EndMask() >> axis & 1 else last
        slices.append(slice(low, high, by))
    return _view(ends, shape, lambda array: array[tuple(slices)])


def split(tensors: Tensors, operator: FileOperator) -> list[Node]:
    """SPLIT into equal parts, a view each."""
    source = tensors.tensor(operator.inputs[1] if len(operator.inputs) > 1 else None, "its input")
    shape, parts = _full(source), len(operator.outputs)
    axis = _axis(integers(operator, 0, "axis")[0], len(shape))
    if shape[axis] % parts:
        raise UnsupportedError(f"it splits {shape[axis]} elements into {parts}", "use equal parts")
    size = shape[axis] // parts
    nodes: list[Node] = []
    for number, part in enumerate(operator.outputs):
        output = tensors.tensor(part, f"its output {number}")
        ends = {"name": output.name, "inputs": (source,), "output": output}
        slices = (*(slice(None),) * axis, slice(number * size, (number + 1) * size))
        nodes.append(_view(ends, shape, lambda array, slices=slices: array[slices]))
    return nodes


def resize(tensors: Tensors, operator: FileOperator) -> list[Node]:
    """RESIZE_NEAREST_NEIGHBOR by whole numbers."""
    ends = tensors.ends(operator)
    options = options_of(operator, tflite.ResizeNearestNeighborOptions)
    x, y = ends["inputs"][0], ends["output"]
    factors = [b // a for a, b in zip(x.shape, y.shape, strict=False)]
    made = tuple(length * factor for length, factor in zip(x.shape, factors, strict=True))
    if len(x.shape) != 3 or made != y.shape or factors[2] != 1 or options.AlignCorners():
        raise UnsupportedError(
            f"it makes {list(y.shape)} of {list(x.shape)}"
            + (" with aligned corners" if options.AlignCorners() else ""),
            "resize rows and columns by whole numbers, without aligned corners",
        )
    _check_scale(x, y)
    rows, columns, channels = x.shape
    shape = (rows, factors[0], columns, factors[1], channels)
    wide = Tensor(name=y.name, shape=shape, quantization=y.quantization)
    strides = (columns * channels, 0, channels, 0, 1)
    return [
        Strided(name=y.name, inputs=(x,), output=wide, offset=0, strides=strides),
        Reshape(name=y.name, inputs=(wide,), output=y),
    ]


def concatenation(tensors: Tensors, operator: FileOperator) -> Node:
    """CONCATENATION without a fused activation."""
    ends = tensors.ends(operator, inputs=len(operator.inputs))
    options = options_of(operator, tflite.ConcatenationOptions)
    if options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
        raise UnsupportedError("it has an activation", "put the activation before it")
    rank = len(ends["output"].shape) + 1
    axis = _axis(options.Axis(), rank) - 1
    if axis < 0:
        raise UnsupportedError("it joins batches", "use a batch of 1")
    return Concat(**ends, axis=axis)


def pad(tensors: Tensors, operator: FileOperator) -> Node:
    """PAD with the zero point, or PADV2 with a constant."""
    ends = tensors.ends(operator)
    x, y = ends["inputs"][0], ends["output"]
    pads = np.reshape(integers(operator, 1, "paddings"), (-1, 2)).tolist()
    if len(pads) != len(x.shape) + 1 or any(pads[0]) or min(map(min, pads)) < 0:
        raise UnsupportedError(f"it pads {pads}", "pad no batch, and by 0 or more")
    value = y.zero
    if operator.kind == "PADV2":
        data = constant(operator, 2, "int8", "value").data
        assert data is not None
        value = int(data.ravel()[0])
    _check_scale(x, y)
    before, after = (tuple(ends_of[side] for ends_of in pads[1:]) for side in range(2))
    return Pad(**ends, before=before, after=after, value=value)


def mean(tensors: Tensors, operator: FileOperator) -> list[Node]:
    """MEAN over rows and columns."""
    ends = tensors.ends(operator)
    x, y = ends["inputs"][0], ends["output"]
    axes = sorted({_axis(axis, len(x.shape) + 1) for axis in integers(operator, 1, "axes")})
    if len(x.shape) != 3 or axes != [1, 2] or y.size != x.shape[2]:
        raise UnsupportedError(
            f"it averages the axes {axes} of {[1, *x.shape]}", "average rows and columns, axes 1 and 2"
        )
    pixel = Tensor(name=y.name, shape=(1, 1, y.size), quantization=y.quantization)
    pool = AveragePool(name=y.name, inputs=(x,), output=pixel, size_yx=x.shape[:2], window=Window())
    return [pool, Reshape(name=y.name, inputs=(pixel,), output=y)]


MOVEMENTS: dict[str, Callable[[Tensors, FileOperator], Node | list[Node]]] = {
    "RESHAPE": reshape,
    "SQUEEZE": reshape,
    "EXPAND_DIMS": reshape,
    "TRANSPOSE": transpose,
    "SLICE": cut,
    "STRIDED_SLICE": strided_slice,
    "SPLIT": split,
    "RESIZE_NEAREST_NEIGHBOR": resize,
    "CONCATENATION": concatenation,
    "PAD": pad,
    "PADV2": pad,
    "MEAN": mean,
}
