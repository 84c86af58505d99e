"""An architecture with parameters as an int8 network: scales from a sample, layer after layer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from compiler.models.architecture import (
    INPUT,
    Architecture,
    ClassToken,
    FirstToken,
    Layer,
    LayerNorm,
    Relu,
    Reshape,
    Scale,
    Transpose,
    Weighted,
)
from compiler.models.forward import forward
from compiler.models.parameters import check_parameters
from reference.quantization import Quantization

#: Bits of a scale's significand: few enough that the order of a sum's terms has no effect, and enough that
#: outputs halfway between two codes, which others round otherwise, are rare.
_SCALE_BITS = 20
_KEEP_THE_SCALE = (ClassToken, FirstToken, Reshape, Transpose)


@dataclass(frozen=True, kw_only=True, eq=False)
class Constant:
    """A quantized parameter: ``scale * (codes - zero)``.

    Parameters
    ----------
    codes : ndarray, int8 or int32
    scale : ndarray, float32
        One, or one for each entry of the first axis.
    zero : int
    """

    codes: np.ndarray
    scale: np.ndarray
    zero: int = 0

    @property
    def real(self) -> np.ndarray:
        """Its real numbers, float64."""
        scale = self.scale.astype(np.float64)
        if scale.ndim and scale.size > 1:
            scale = scale.reshape(-1, *(1 for _ in self.codes.shape[1:]))
        return (self.codes.astype(np.float64) - self.zero) * scale


@dataclass(frozen=True, kw_only=True, eq=False)
class QuantizedLayer:
    """A layer with quantized parameters, inputs and output.

    Parameters
    ----------
    layer : Layer
    output : str
        Name of the output: the layer's, or of the ReLU that its output's range contains.
    constants : mapping of str to Constant
    inputs : tuple of Quantization
    quantization : Quantization
        Of the output.
    """

    layer: Layer
    output: str
    constants: Mapping[str, Constant]
    inputs: tuple[Quantization, ...]
    quantization: Quantization


def quantized(
    architecture: Architecture, parameters: Mapping[str, np.ndarray], sample: np.ndarray
) -> Iterator[QuantizedLayer]:
    """The layers of an int8 network in their order, each with the range that the sample has there.

    Activations are asymmetric and weights symmetric per output channel, as onnxruntime's quantizer makes them
    by default. A ReLU behind the only layer that it reads is the lower end of that layer's range.

    Parameters
    ----------
    architecture : Architecture
    parameters : mapping of str to ndarray
        By ``layer.parameter``.
    sample : ndarray, ``architecture.input_shape``
    """
    check_parameters(architecture, parameters)
    relus = _absorbed(architecture)
    scales = {INPUT: covering(sample)}
    codes = {INPUT: scales[INPUT].codes(sample)}
    for layer in architecture.layers:
        if layer.name in relus.values():
            continue
        inputs = tuple(scales[name] for name in layer.inputs)
        constants = _constants(layer, architecture, parameters, inputs)
        own = {name: constant.real for name, constant in constants.items()}
        seen = (scale.real(codes[name]) for name, scale in zip(layer.inputs, inputs, strict=True))
        values = forward(layer, own, *seen)
        output = relus.get(layer.name, layer.name)
        if output != layer.name:
            values = np.maximum(values, 0)
        scales[output] = inputs[0] if isinstance(layer, _KEEP_THE_SCALE) else covering(values)
        codes[output] = scales[output].codes(values)
        yield QuantizedLayer(
            layer=layer, output=output, constants=constants, inputs=inputs, quantization=scales[output]
        )


def covering(values: np.ndarray) -> Quantization:
    """The asymmetric quantization whose codes cover 0 and all values."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    scale = short((high - low) / 255 or 1.0)
    return Quantization(scale, int(np.clip(np.rint(-128 - low / scale), -128, 127)))


def short(scale: float) -> float:
    """The next number of ``_SCALE_BITS`` significant bits that is not below."""
    fraction, exponent = np.frexp(scale)
    return float(np.ldexp(np.ceil(np.ldexp(fraction, _SCALE_BITS)), int(exponent) - _SCALE_BITS))


def _absorbed(architecture: Architecture) -> dict[str, str]:
    """ReLUs by the name of the layer in whose range they are."""
    reads = [name for layer in architecture.layers for name in layer.inputs]
    return {
        layer.inputs[0]: layer.name
        for layer in architecture.layers
        if isinstance(layer, Relu) and layer.inputs[0] != INPUT and reads.count(layer.inputs[0]) == 1
    }


def _constants(
    layer: Layer,
    architecture: Architecture,
    parameters: Mapping[str, np.ndarray],
    inputs: tuple[Quantization, ...],
) -> dict[str, Constant]:
    shapes = layer.parameters(*architecture.inputs_of(layer))
    own = {name: parameters[f"{layer.name}.{name}"] for name in shapes}
    if isinstance(layer, Weighted):
        largest = np.abs(own["weight"]).reshape(layer.channels, -1).max(axis=1)
        return _with_bias("weight", own, inputs[0], largest)
    if isinstance(layer, LayerNorm):
        return _with_bias("gain", own, inputs[0], np.abs(own["gain"]).max(keepdims=True))
    if isinstance(layer, ClassToken):
        return {"token": _affine(own["token"], inputs[0])}
    if isinstance(layer, Scale):
        factor = np.array(layer.factor)
        return {"factor": _affine(factor, covering(factor))}
    return {name: _affine(values, covering(values)) for name, values in own.items()}


def _affine(values: np.ndarray, quantization: Quantization) -> Constant:
    return Constant(
        codes=quantization.codes(values),
        scale=np.array(quantization.scale, np.float32),
        zero=quantization.zero,
    )


def _with_bias(
    name: str, own: Mapping[str, np.ndarray], inputs: Quantization, largest: np.ndarray
) -> dict[str, Constant]:
    """A symmetric parameter and a bias of 32 bits, whose scale is that of the input times the parameter's."""
    scale = np.array([short(value / 127 or 1.0) for value in largest.astype(np.float64)], np.float32)
    values = own[name].astype(np.float64)
    steps = scale.astype(np.float64).reshape(-1, *(1 for _ in values.shape[1:]))
    codes = np.clip(np.rint(values / steps), -127, 127).astype(np.int8)
    bias_scale = (np.float32(inputs.scale) * scale).astype(np.float32)
    bias = np.rint(own["bias"].astype(np.float64) / bias_scale).astype(np.int32)
    return {name: Constant(codes=codes, scale=scale), "bias": Constant(codes=bias, scale=bias_scale)}
