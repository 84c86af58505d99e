"""The folder's program on this PC: the same bytes, and accesses past a buffer that sanitizers see."""

import re
from pathlib import Path

import numpy as np
import pytest

from bench.host import run_on_host
from bench.inference import LayerError
from common.errors import UserError
from compiler.compile import compile_graph
from compiler.folder.host import sanitizer_message
from compiler.folder.read import NetworkFolder
from compiler.importer.tflite_model import read_tflite
from hw.cluster.config import STANDARD
from tests.compiler.folders import saved
from tests.compiler.models import residual
from tests.compiler.tflite_writer import written


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def test_every_byte_on_this_pc(folder: NetworkFolder, inputs: np.ndarray):
    result = run_on_host(folder, inputs)
    assert result.matches_golden
    assert np.array_equal(result.output, folder.golden.output(folder.golden.outputs(inputs)))


@pytest.mark.parametrize("cores", [1, 8])
def test_a_residual_network(tmp_path: Path, rng: np.random.Generator, cores: int):
    (tmp_path / "residual.tflite").write_bytes(written(residual(rng)))
    network = compile_graph(read_tflite(tmp_path / "residual.tflite"), STANDARD.with_(cores=cores))
    image = rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)
    assert run_on_host(saved(network, tmp_path), image).matches_golden


def test_a_transfer_of_one_byte_too_many(folder: NetworkFolder, inputs: np.ndarray):
    tiles = folder.path / "kernels" / "linear" / "linear_tiles.h"
    change(tiles, "tokens_of(plan, strip) * c);", "tokens_of(plan, strip) * c + 1);")
    with pytest.raises(LayerError) as caught:
        run_on_host(folder, inputs)
    assert re.fullmatch(
        r"layer layer0 \(linear dense\) did not end: it reads 41 bytes in load_strip \(kernels/linear/"
        r"linear_tiles\.h line \d+\), 0 bytes after model_perceptron_activation_0 of 40 bytes",
        str(caught.value),
    )


def test_a_flipped_weight(folder: NetworkFolder, inputs: np.ndarray):
    path = folder.path / folder.record.steps[1].constants[0].file
    content = bytearray(path.read_bytes())
    content[24 + 7] ^= 32
    path.write_bytes(content)
    result = run_on_host(folder, inputs)
    assert [layer.differs_at for layer in result.layers] == [None, 1]


def test_a_constant_that_is_too_short(folder: NetworkFolder, inputs: np.ndarray):
    path = folder.path / folder.record.steps[0].constants[0].file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LayerError, match=r"0_const_weights\.bin does not hold \d+ bytes"):
        run_on_host(folder, inputs)


def test_a_source_that_is_rejected(folder: NetworkFolder, inputs: np.ndarray):
    change(folder.path / "src" / "model_perceptron.c", ".lo = -5,", ".lo = -5;")
    with pytest.raises(UserError, match=r"model_perceptron\.c line \d+, layer layer0: expected"):
        run_on_host(folder, inputs)


def test_reports_become_one_line():
    undefined = "kernels/conv/walk.c:12:5: runtime error: shift exponent 40 is too large\n"
    assert sanitizer_message(undefined) == "shift exponent 40 is too large at kernels/conv/walk.c line 12"
    assert sanitizer_message("Segmentation fault\n") == "Segmentation fault"
    assert sanitizer_message("") == "it ended without a message"
