"""Classes that ONNX files find, by onnxruntime."""

from collections.abc import Callable

import numpy as np
import onnxruntime

from common.errors import UserError


def classes(
    model: bytes, samples: np.ndarray, done: Callable[[int], None] = lambda count: None
) -> np.ndarray:
    """The largest output for each input, by the file's own operators without optimization.

    Parameters
    ----------
    model : bytes
        An ONNX file with one input, one output and a batch of 1.
    samples : ndarray, shape (N, ...), float32
    done : callable
        Called with the number of inputs that were run.

    Returns
    -------
    ndarray, shape (N,), int64

    Raises
    ------
    UserError
        When the file's input is not one of these samples, in float32.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    start = session.get_inputs()[0]
    if start.type != "tensor(float)" or tuple(start.shape[1:]) != samples.shape[1:]:
        raise UserError(
            f"the model's input {start.name} is {start.type} of shape {start.shape}; it must be "
            f"tensor(float), a batch of 1 with {samples.shape[1:]}"
        )
    found = np.zeros(len(samples), np.int64)
    for number, sample in enumerate(samples):
        (output,) = session.run(None, {start.name: sample[None]})
        found[number] = int(np.argmax(np.asarray(output)))
        done(number + 1)
    return found
