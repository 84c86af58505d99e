"""Small TFLite files for tests, written field by field with the schema's builders."""

from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
import tflite

TYPES = {"int8": 9, "int32": 2, "float32": 0, "uint8": 3}


@dataclass
class TensorSpec:
    """A tensor: its shape with the batch, type, scales, zero points and content."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "int8"
    scales: tuple[float, ...] = (0.1,)
    zeros: tuple[int, ...] = (0,)
    axis: int = 0
    data: np.ndarray | None = None


@dataclass
class OperatorSpec:
    """An operator: its number in the schema, its tensors, and a maker of its attributes."""

    kind: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any = None  # (number of the union's type, builder -> offset)


@dataclass
class ModelSpec:
    """A model with one subgraph."""

    tensors: list[TensorSpec]
    operators: list[OperatorSpec]
    inputs: tuple[int, ...] = (0,)
    outputs: tuple[int, ...] = field(default=(1,))


def _vector(builder: flatbuffers.Builder, values: Any, dtype: str) -> int:
    return builder.CreateNumpyVector(np.asarray(values, dtype))


def _offsets(builder: flatbuffers.Builder, start: Any, offsets: list[int]) -> int:
    start(builder, len(offsets))
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def fully_connected(activation: int = 0) -> Any:
    """Attributes of FULLY_CONNECTED."""

    def make(builder: flatbuffers.Builder) -> int:
        tflite.FullyConnectedOptionsStart(builder)
        tflite.FullyConnectedOptionsAddFusedActivationFunction(builder, activation)
        return tflite.FullyConnectedOptionsEnd(builder)

    return tflite.BuiltinOptions.FullyConnectedOptions, make


def conv(stride: int = 1, padding: int = 0, dilation: int = 1, activation: int = 0) -> Any:
    """Attributes of CONV_2D; padding 0 is SAME, 1 VALID."""

    def make(builder: flatbuffers.Builder) -> int:
        tflite.Conv2DOptionsStart(builder)
        tflite.Conv2DOptionsAddPadding(builder, padding)
        tflite.Conv2DOptionsAddStrideH(builder, stride)
        tflite.Conv2DOptionsAddStrideW(builder, stride)
        tflite.Conv2DOptionsAddDilationHFactor(builder, dilation)
        tflite.Conv2DOptionsAddDilationWFactor(builder, dilation)
        tflite.Conv2DOptionsAddFusedActivationFunction(builder, activation)
        return tflite.Conv2DOptionsEnd(builder)

    return tflite.BuiltinOptions.Conv2DOptions, make


def add() -> Any:
    """Attributes of ADD."""

    def make(builder: flatbuffers.Builder) -> int:
        tflite.AddOptionsStart(builder)
        return tflite.AddOptionsEnd(builder)

    return tflite.BuiltinOptions.AddOptions, make


def options(kind: str, **values: Any) -> Any:
    """Attributes of any operator, by the names of the schema."""

    def make(builder: flatbuffers.Builder) -> int:
        getattr(tflite, f"{kind}Start")(builder)
        for name, value in values.items():
            getattr(tflite, f"{kind}Add{name}")(builder, value)
        return getattr(tflite, f"{kind}End")(builder)

    return getattr(tflite.BuiltinOptions, kind), make


def written(model: ModelSpec) -> bytes:
    """The file."""
    builder = flatbuffers.Builder(1024)
    contents: list[bytes] = [b""]
    tensors = []
    for spec in model.tensors:
        number = 0
        if spec.data is not None:
            number = len(contents)
            contents.append(spec.data.tobytes())
        quantization = None
        if spec.scales:
            scales = _vector(builder, spec.scales, "float32")
            zeros = _vector(builder, spec.zeros, "int64")
            tflite.QuantizationParametersStart(builder)
            tflite.QuantizationParametersAddScale(builder, scales)
            tflite.QuantizationParametersAddZeroPoint(builder, zeros)
            tflite.QuantizationParametersAddQuantizedDimension(builder, spec.axis)
            quantization = tflite.QuantizationParametersEnd(builder)
        name, shape = builder.CreateString(spec.name), _vector(builder, spec.shape, "int32")
        tflite.TensorStart(builder)
        tflite.TensorAddShape(builder, shape)
        tflite.TensorAddType(builder, TYPES[spec.dtype])
        tflite.TensorAddBuffer(builder, number)
        tflite.TensorAddName(builder, name)
        if quantization is not None:
            tflite.TensorAddQuantization(builder, quantization)
        tensors.append(tflite.TensorEnd(builder))
    kinds = list(dict.fromkeys(spec.kind for spec in model.operators))
    operators = []
    for spec in model.operators:
        options = spec.options[1](builder) if spec.options else None
        inputs, outputs = _vector(builder, spec.inputs, "int32"), _vector(builder, spec.outputs, "int32")
        tflite.OperatorStart(builder)
        tflite.OperatorAddOpcodeIndex(builder, kinds.index(spec.kind))
        tflite.OperatorAddInputs(builder, inputs)
        tflite.OperatorAddOutputs(builder, outputs)
        if options is not None:
            tflite.OperatorAddBuiltinOptionsType(builder, spec.options[0])
            tflite.OperatorAddBuiltinOptions(builder, options)
        operators.append(tflite.OperatorEnd(builder))
    codes = []
    for kind in kinds:
        tflite.OperatorCodeStart(builder)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, min(kind, 127))
        tflite.OperatorCodeAddBuiltinCode(builder, kind)
        codes.append(tflite.OperatorCodeEnd(builder))
    buffers = []
    for content in contents:
        data = _vector(builder, np.frombuffer(content, np.uint8), "uint8") if content else None
        tflite.BufferStart(builder)
        if data is not None:
            tflite.BufferAddData(builder, data)
        buffers.append(tflite.BufferEnd(builder))
    ends = _vector(builder, model.inputs, "int32"), _vector(builder, model.outputs, "int32")
    lists = (
        _offsets(builder, tflite.SubGraphStartTensorsVector, tensors),
        _offsets(builder, tflite.SubGraphStartOperatorsVector, operators),
    )
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, lists[0])
    tflite.SubGraphAddInputs(builder, ends[0])
    tflite.SubGraphAddOutputs(builder, ends[1])
    tflite.SubGraphAddOperators(builder, lists[1])
    subgraph = tflite.SubGraphEnd(builder)
    parts = (
        _offsets(builder, tflite.ModelStartOperatorCodesVector, codes),
        _offsets(builder, tflite.ModelStartSubgraphsVector, [subgraph]),
        _offsets(builder, tflite.ModelStartBuffersVector, buffers),
    )
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, parts[0])
    tflite.ModelAddSubgraphs(builder, parts[1])
    tflite.ModelAddBuffers(builder, parts[2])
    builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())
