"""Commands train and accuracy: the path in miniature, and what is refused."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import xdecimate as xd
from reports.accuracy import MODELS
from xdecimate.main import command_line


def call(*arguments: str) -> None:
    """Call a command in this process: the start of torch takes seconds."""
    command_line()([*arguments], standalone_mode=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    place = tmp_path_factory.mktemp("trained")
    call("train", "--epochs", "1,1,1", "--sparsity", "1:16", "-o", str(place))
    return place


def test_the_network_runs_on_the_rtl(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = tmp_path / "accuracy.json"
    counts = ("--images", "60", "--golden", "20", "--rtl", "1")
    call("accuracy", str(folder), *counts, "--json", str(rows))
    assert "1 of 1 images on the RTL equal the golden models" in capsys.readouterr().out
    found = json.loads(rows.read_text())
    assert found["rtl_equal"] == found["rtl_images"] == 1
    assert found["images"] == 60
    assert found["agreeing"] >= 18
    assert found["cycles"] == pytest.approx(found["predicted_cycles"], rel=0.2)


def test_a_model_file_alone_has_the_accuracy_of_its_folder(folder: Path):
    of_folder = xd.accuracy(folder, images=60, golden=0)
    of_file = xd.accuracy(folder / "model.onnx", "digits", images=60, golden=0)
    assert of_folder.floating is not None
    assert of_file == replace(of_folder, floating=None)


def test_models_that_have_no_accuracy(folder: Path, tmp_path: Path):
    with pytest.raises(xd.UserError, match="does not say which images it was trained on; say where"):
        xd.accuracy(folder / "model.onnx")
    with pytest.raises(xd.UserError, match=r"must be an ONNX file, \*.onnx, or a folder"):
        xd.accuracy(folder / "training.json", "digits")
    with pytest.raises(xd.UserError, match=r"missing\.onnx"):
        xd.accuracy(tmp_path / "missing.onnx", "digits")
    other = MODELS / "resnet8_1_8.onnx"
    with pytest.raises(
        xd.UserError, match=r"reads inputs of shape \(32, 32, 3\), but the images are \(8, 8, 1\)"
    ):
        xd.accuracy(other, "digits")


def test_a_model_that_reads_no_float_image():
    pytest.importorskip("torch")
    from training.classify import classes

    samples = np.zeros((1, 8, 8, 3), np.float32)
    with pytest.raises(xd.UserError, match=r"input input is tensor\(float\) of shape .*; it must be"):
        classes((MODELS / "resnet8_1_8.onnx").read_bytes(), samples)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "--sparsity", "1:5"), "sparsity must be dense, 1:4, 1:8, 1:16 or budget:POINTS"),
        (("train", "--sparsity", "budget:many"), "sparsity must be dense"),
        (("train", "--data", "mnist"), "data must be digits, cifar10:DIR"),
        (("train", "--model", "vgg"), "the network must be one of resnet8"),
        (("train", "--method", "random"), "method must be one of one_shot, gradual, sr_ste"),
        (("train", "--epochs", "1,0,1"), "epochs must be three numbers"),
        (
            ("train", "--exclude", "conv9", "--sparsity", "1:4", "--epochs", "0,1,0"),
            "no layer is called 'conv9'",
        ),
        (("train", "--from", "nowhere"), "there is no checkpoint nowhere/dense.pt"),
        (
            ("bench", "accuracy", "--sparsity", "1:8,1:5"),
            "sparsity must be dense, 1:4, 1:8, 1:16 or budget:POINTS",
        ),
        (("bench", "accuracy", "--isa", "xdecimate,cray"), "cray"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_end_with_a_message(arguments: tuple[str, ...], message: str, tmp_path: Path):
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    place = tmp_path / "out"
    with pytest.raises(xd.UserError, match=re.escape(message)):
        call(*arguments, "-o", str(place))
    assert not list(place.glob("*.onnx"))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in [name for name in sys.modules if name == "training" or name.startswith("training.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(xd.UserError, match=r"install the extra train: pip install 'xdecimate\[train\]'"):
        xd.train("resnet8", "digits", tmp_path)
