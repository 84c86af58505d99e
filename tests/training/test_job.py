"""Trainings in a folder: the path to an int8 model, continuing after a kill, and what is refused."""

import resource
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

pytest.importorskip("torch")
pytest.importorskip("sklearn")
import torch

from common.errors import UserError
from compiler.compile import compile_graph
from compiler.importer.read import read_model
from hw.cluster.config import STANDARD
from reference.blocks import obeys
from training.classify import classes
from training.data.digits import digits
from training.data.images import DataSet
from training.job import CHECKPOINT, DENSE_WEIGHTS, FLOAT, INT8, inputs, read_record, start_hash, train
from training.recipe import Recipe, Settings
from training.trainer import Epoch

SETTINGS = Settings(
    model="resnet8",
    data="digits",
    sparsity="1:8",
    seed=1,
    recipe=Recipe(epochs=(2, 2, 1), rates=(0.1, 0.05, 1e-3), batch=16),
)


class KilledError(Exception):
    """Ends a training."""


@pytest.fixture(scope="module")
def data() -> DataSet:
    found = digits()
    return replace(found, train=found.train.first(64), test=found.test.first(50))


@pytest.fixture(scope="module")
def whole(data: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    train(SETTINGS, data, folder)
    return folder


def state(folder: Path) -> dict[str, torch.Tensor]:
    return torch.load(folder / CHECKPOINT, weights_only=True)["model"]


def test_the_int8_model_is_nm_and_compiles(whole: Path, data: DataSet):
    model = onnx.load(whole / INT8)
    codes = {
        t.name: numpy_helper.to_array(t) for t in model.graph.initializer if t.name.endswith("_quantized")
    }
    pruned = {name: values for name, values in codes.items() if "_conv" in name and values.ndim == 4}
    assert len(pruned) == 6
    for values in pruned.values():
        assert values.dtype == np.int8
        assert obeys(np.moveaxis(values, 1, -1), 8)
        assert not obeys(np.moveaxis(values, 1, -1), 16)
    network = compile_graph(read_model(whole / INT8), STANDARD)
    sparse = [step for step in network.steps if step.layer.kernel.name == "sparse_xdecimate"]
    assert [step.node.name.split("/")[1] for step in sparse] == [
        row["layer"] for row in read_record(whole).layers if row["sparsity"] == "1:8"
    ]


def test_golden_and_onnxruntime_agree(whole: Path, data: DataSet):
    """Layers differ by one step at most, which changes few of the largest outputs."""
    network = compile_graph(read_model(whole / INT8), STANDARD)
    start = network.graph.input
    images = data.test.first(10)
    found = []
    for sample in inputs(images):
        codes = np.clip(np.rint(sample / start.scale) + start.zero, -128, 127).astype(np.int8)
        found.append(int(network.golden_network.output(network.golden(codes.transpose(1, 2, 0))).argmax()))
    others = classes((whole / INT8).read_bytes(), inputs(images))
    assert (np.array(found) == others).mean() >= 0.9


def test_the_record_has_every_layer(whole: Path):
    record = read_record(whole)
    rows = {row["layer"]: row for row in record.layers}
    assert rows["stem"]["sparsity"] == "dense"
    assert rows["stem"]["why dense"] == "not among the named layers"
    assert rows["stage3_conv2"]["zeros"] >= rows["stage3_conv2"]["weights"] * 7 // 8
    assert [one["phase"] for one in record.history] == ["dense"] * 2 + ["pruned"] * 2 + ["quantized"]


@pytest.mark.parametrize("epochs", [1, 2, 4, 5])
def test_a_killed_training_continues(epochs: int, whole: Path, data: DataSet, tmp_path: Path):
    """Killed after each epoch in turn, with the result of a training that was not."""
    seen: list[Epoch] = []

    def reported(epoch: Epoch) -> None:
        seen.append(epoch)
        if len(seen) == epochs:
            raise KilledError

    with pytest.raises(KilledError):
        train(SETTINGS, data, tmp_path, reported=reported)
    train(SETTINGS, data, tmp_path)
    for name, values in state(whole).items():
        assert torch.equal(values, state(tmp_path)[name]), name
    assert (tmp_path / INT8).read_bytes() == (whole / INT8).read_bytes()


def test_pruning_starts_from_dense_weights(whole: Path, data: DataSet, tmp_path: Path):
    """The same dense weights and phases behind them give the same network."""
    settings = replace(SETTINGS, start=start_hash(SETTINGS, whole))
    made = train(settings, data, tmp_path, start=whole)
    assert (tmp_path / INT8).read_bytes() == (whole / INT8).read_bytes()
    assert made.dense == read_record(whole).dense
    with pytest.raises(UserError, match=r"dense\.pt is a checkpoint of another training: model is 'resnet8'"):
        start_hash(replace(settings, model="vit_micro"), whole)


def test_another_training_is_refused(whole: Path, data: DataSet):
    with pytest.raises(UserError, match="another training: seed is 1 there and 2 here; choose"):
        train(replace(SETTINGS, seed=2), data, whole)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04nothing", None], ids=["empty", "no zip", "truncated"])
def test_a_damaged_checkpoint_is_named(damage: bytes | None, whole: Path, data: DataSet, tmp_path: Path):
    good = (whole / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(good[: len(good) // 2] if damage is None else damage)
    with pytest.raises(UserError, match=r"checkpoint\.pt is damaged or no checkpoint of this command"):
        train(SETTINGS, data, tmp_path)


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Files of this process may have 4 kB."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_keeps_the_last_checkpoint(whole: Path, data: DataSet, tmp_path: Path, full_disk: None):
    """The checkpoint of another training's end stands in for one that this training wrote."""
    good = b"written when there was space"
    (tmp_path / DENSE_WEIGHTS).write_bytes(good)
    with pytest.raises(UserError, match=r"File too large.*the last checkpoint is kept"):
        train(SETTINGS, data, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [DENSE_WEIGHTS]
    assert (tmp_path / DENSE_WEIGHTS).read_bytes() == good


def test_a_loss_that_is_not_finite_keeps_the_checkpoint(data: DataSet, tmp_path: Path):
    wild = replace(SETTINGS, recipe=replace(SETTINGS.recipe, rates=(0.1, 1e30, 1.0)))
    with pytest.raises(UserError, match=r"in epoch \d of the pruned phase; the checkpoint .* is kept"):
        train(wild, data, tmp_path)
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["phase"] == 0
    assert not (tmp_path / INT8).exists()


def test_unknown_networks_and_small_images_are_refused(data: DataSet, tmp_path: Path):
    with pytest.raises(UserError, match=r"the network must be one of resnet8, resnet18, .*, not 'vgg'"):
        train(replace(SETTINGS, model="vgg"), data, tmp_path / "one")
    tiny = replace(data, train=replace(data.train, pixels=data.train.pixels[..., :1, :1]))
    with pytest.raises(UserError, match=r"vit_micro cannot be made for images of shape \(1, 1, 1\)"):
        train(replace(SETTINGS, model="vit_micro"), tiny, tmp_path / "one")
    assert not (tmp_path / "one").exists()


def test_pytorch_is_left_as_it_was(data: DataSet, tmp_path: Path):
    torch.set_num_threads(2)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    train(replace(SETTINGS, recipe=replace(SETTINGS.recipe, epochs=(0, 1, 0))), data, tmp_path)
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.get_num_threads() == 2
    assert torch.equal(torch.get_rng_state(), before)


def test_pruned_weights_decay_less(monkeypatch: pytest.MonkeyPatch, data: DataSet, tmp_path: Path):
    """Each phase has the recipe's decay times the part of the weights that it keeps."""
    seen: list[float] = []
    made = torch.optim.SGD

    def optimizer(*arguments: Any, weight_decay: float, **settings: Any) -> torch.optim.SGD:
        seen.append(weight_decay)
        return made(*arguments, weight_decay=weight_decay, **settings)

    monkeypatch.setattr(torch.optim, "SGD", optimizer)
    record = train(SETTINGS, data, tmp_path)
    kept = sum(row["weights"] // (8 if row["sparsity"] == "1:8" else 1) for row in record.layers)
    part = kept / sum(row["weights"] for row in record.layers)
    assert seen == pytest.approx([SETTINGS.recipe.decay * factor for factor in (1, part, part)])


def test_a_folder_without_a_record_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match=r"there is no .*training\.json; give the folder of a training"):
        read_record(tmp_path)


def test_float_and_int8_files_have_one_input(whole: Path):
    for name in (FLOAT, INT8):
        graph = onnx.load(whole / name).graph
        assert [one.name for one in graph.input] == ["input"]
        assert [d.dim_value for d in graph.input[0].type.tensor_type.shape.dim] == [1, 1, 8, 8]
