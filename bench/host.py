"""Networks on this PC: the folder's program under sanitizers, every layer against the golden models."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.inference import Inference, LayerError, LayerResult, first_difference
from common.workplace import workplace
from compiler.folder.host import host_program, sanitizer_message
from compiler.folder.read import NetworkFolder

#: Seconds after which a program that hangs, for its cores wait for each other, is stopped.
_SECONDS = 900
_ENVIRONMENT = {"ASAN_OPTIONS": "detect_leaks=0", "UBSAN_OPTIONS": "print_stacktrace=0"}


def run_on_host(folder: NetworkFolder, inputs: np.ndarray) -> Inference:
    """Run the program in a folder on this PC, layer after layer, on one input.

    Raises ``UserError`` when the input has another shape or type or there is no compiler, ``LayerError`` when
    a layer does not end, or a sanitizer stops it.
    """
    golden = folder.golden.outputs(inputs)
    program = host_program(folder)
    with workplace() as place:
        (place / "input.bin").write_bytes(inputs.tobytes())
        results = place / "results.bin"
        command = [str(program), str(folder.path), str(place / "input.bin"), str(results)]
        why = _run(command)
        content = results.read_bytes() if results.exists() else b""
    record = folder.record
    layers: list[LayerResult] = []
    begin = 0
    for step, expected in zip(record.steps, golden, strict=True):
        made = content[begin : begin + step.output_bytes]
        begin += step.output_bytes
        if len(made) < step.output_bytes:
            wrong = _last_wrong(layers)
            raise LayerError(f"layer {step.name} ({step.kernel_title}) did not end: {why}{wrong}")
        output = step.output_of(made)
        wrong_at = first_difference(output, expected)
        layers.append(LayerResult(layer=step, cycles=0, counters={}, output=output, differs_at=wrong_at))
    if why:
        raise LayerError(f"{record.model} did not end: {why}")
    output = np.frombuffer(content[begin:], np.int8).reshape(record.output.shape)
    return Inference.checked(folder, golden, layers, output, model="host")


def _last_wrong(layers: Sequence[LayerResult]) -> str:
    """The first layer before that was wrong already, for the end of a message."""
    for result in layers:
        if result.differs_at is not None:
            return f"; layer {result.layer.name} differs first at index {result.differs_at}"
    return ""


def _run(command: Sequence[str | Path]) -> str:
    """Run the program; returns why it did not end by itself."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
            env=os.environ | _ENVIRONMENT,
        )
    except subprocess.TimeoutExpired:
        return f"it did not end within {_SECONDS} seconds"
    if done.returncode == 2:
        return "the table has another number of steps than network.json"
    if done.returncode < 0:
        return f"it was ended by signal {-done.returncode}"
    return sanitizer_message(done.stderr) if done.returncode else ""
