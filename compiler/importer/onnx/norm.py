"""LayerNormalization."""

import numpy as np

from compiler.graph import LayerNorm, Tensor
from compiler.importer.onnx.builder import Builder
from compiler.importer.onnx.matmul import unbatched
from compiler.importer.onnx.operator import Operator, axis_of
from compiler.importer.onnx.values import Pending, Value
from compiler.importer.onnx.view import View
from compiler.problem import UnsupportedError
from reference.quantization import Quantization


def layer_normalization(builder: Builder, operator: Operator) -> list[Value]:
    """LayerNormalization over the last axis."""
    view = builder.operand(operator.activation())
    rank = len(view.shape)
    if axis_of(operator.integer("axis", -1), rank) != rank - 1:
        raise UnsupportedError(
            f"its axis is {operator.attributes['axis']} of {rank}", "normalize the last axis alone"
        )
    if any(operator.node.output[1:]):
        raise UnsupportedError("it also gives mean or deviation", "use its first output alone")
    channels = view.shape[-1]
    gain, bias = (operator.constant(place, role) for place, role in ((1, "scale"), (2, "bias")))
    parameters = [
        np.full(channels, default) if found is None else found.astype(np.float64).ravel()
        for found, default in ((gain, 1.0), (bias, 0.0))
    ]
    if any(found.shape != (channels,) or not np.isfinite(found).all() for found in parameters):
        raise UnsupportedError(
            "its scale or bias has another length than the last axis, or is no finite number",
            f"give {channels} numbers for each",
        )
    epsilon = operator.number("epsilon", 1e-5)
    if not (np.isfinite(epsilon) and epsilon >= 0):
        raise UnsupportedError(f"its epsilon is {epsilon}", "use a finite one, 0 or more")
    x, shape = builder.laid_out(view, lambda places: places, unbatched(view.shape)), view.shape

    def emit(quantization: Quantization, lo: int, hi: int) -> View:
        output = Tensor(name=operator.name, shape=x.shape, quantization=quantization)
        builder.nodes.append(
            LayerNorm(
                name=operator.name,
                inputs=(x,),
                output=output,
                lo=lo,
                hi=hi,
                gain=parameters[0],
                bias=parameters[1],
                epsilon=epsilon,
            )
        )
        return View.of(output, lambda memory: memory.reshape(shape))

    return [Pending(name=operator.name, kind=operator.kind, shape=shape, emit=emit)]


NORMALIZATIONS = {"LayerNormalization": layer_normalization}
