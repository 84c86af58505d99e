"""TFLite's functions of one element, as tables."""

import math
from collections.abc import Callable

import numpy as np
import tflite

from compiler.graph import Node, Table
from compiler.importer.tflite_file import FileOperator
from compiler.importer.tflite_operands import Tensors, options_of
from reference.table import entries_of

Real = Callable[[np.ndarray], np.ndarray]


def _gelu(operator: FileOperator) -> Real:
    if options_of(operator, tflite.GeluOptions).Approximate():
        return lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return lambda x: x / 2 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def _leaky(operator: FileOperator) -> Real:
    alpha = options_of(operator, tflite.LeakyReluOptions).Alpha()
    return lambda x: np.where(x < 0, alpha * x, x)


#: Functions of real numbers, made from an operator's attributes.
_FUNCTIONS: dict[str, Callable[[FileOperator], Real]] = {
    "LOGISTIC": lambda _: lambda x: 1 / (1 + np.exp(-x)),
    "TANH": lambda _: np.tanh,
    "HARD_SWISH": lambda _: lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "GELU": _gelu,
    "RELU": lambda _: lambda x: np.maximum(x, 0),
    "RELU6": lambda _: lambda x: np.clip(x, 0, 6),
    "RELU_N1_TO_1": lambda _: lambda x: np.clip(x, -1, 1),
    "LEAKY_RELU": _leaky,
    "QUANTIZE": lambda _: lambda x: x,
}


def _table(tensors: Tensors, operator: FileOperator) -> Node:
    ends = tensors.ends(operator)
    x, y = ends["inputs"][0], ends["output"]
    with np.errstate(over="ignore"):
        entries = entries_of(_FUNCTIONS[operator.kind](operator), x.quantization, y.quantization)
    return Table(**ends, entries=entries)


TABLES = dict.fromkeys(_FUNCTIONS, _table)
