"""Softmax."""

from compiler.graph import Softmax, Tensor
from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.constants import inverse_of
from compiler.importer.onnx.matmul import unbatched
from compiler.importer.onnx.operator import Operator, axis_of
from compiler.importer.onnx.values import Pending, Value
from compiler.importer.onnx.view import View
from compiler.problem import UnsupportedError
from reference.quantization import Quantization

#: Of the result: 0 to 255/256.
NATURAL = Quantization(1 / 256, -128)


def softmax(builder: Builder, operator: Operator) -> list[Value]:
    """Softmax over one axis."""
    view = builder.operand(operator.activation())
    rank = len(view.shape)
    axis = axis_of(operator.integer("axis", -1 if operator.version >= 13 else 1), rank)
    if operator.version < 13 and any(length > 1 for length in view.shape[axis + 1 :]):
        raise UnsupportedError(
            f"its axis is {axis} of {list(view.shape)}, and it covers all axes behind it",
            "convert the model to an operator set of 13 or more",
        )
    order = (*(other for other in range(rank) if other != axis), axis)
    inverse = inverse_of(order)
    long = tuple(view.shape[other] for other in order)
    x = builder.laid_out(view, lambda places: places.transpose(order), unbatched(long))

    def emit(quantization: Quantization, lo: int, hi: int) -> View:
        if (lo, hi) != (-128, 127):
            raise UnsupportedError("its result is clipped", "remove the clip")
        output = Tensor(name=operator.name, shape=x.shape, quantization=quantization)
        builder.nodes.append(Softmax(name=operator.name, inputs=(x,), output=output))
        return View.of(output, lambda memory: memory.reshape(long).transpose(inverse))

    return [Pending(name=operator.name, kind=operator.kind, shape=view.shape, emit=emit, natural=NATURAL)]


SOFTMAX = {"Softmax": softmax}
