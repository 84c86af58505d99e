"""The folder of a small network with an input."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from compiler.compile import compile_graph
from compiler.folder.read import NetworkFolder, read_folder
from compiler.importer.tflite_model import read_tflite
from compiler.network import Network
from hw.cluster.config import STANDARD
from tests.compiler.folders import saved
from tests.compiler.models import perceptron
from tests.compiler.tflite_writer import written


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    path = tmp_path_factory.mktemp("model") / "perceptron.tflite"
    path.write_bytes(written(perceptron(np.random.default_rng(1))))
    return compile_graph(read_tflite(path), STANDARD)


@pytest.fixture(scope="session")
def inputs() -> np.ndarray:
    return np.random.default_rng(2).integers(-128, 128, 40).astype(np.int8)


@pytest.fixture
def folder(network: Network, tmp_path: Path) -> NetworkFolder:
    return saved(network, tmp_path)


@pytest.fixture
def moved(folder: NetworkFolder, tmp_path: Path) -> NetworkFolder:
    """The same folder in another place."""
    shutil.move(folder.path, tmp_path / "moved")
    return read_folder(tmp_path / "moved")
