"""Networks by API and command line."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xdecimate as xd
from tests.compiler.models import perceptron
from tests.compiler.tflite_writer import written
from xdecimate.main import command_line


@pytest.fixture
def model(tmp_path: Path, rng: np.random.Generator) -> Path:
    path = tmp_path / "perceptron.tflite"
    path.write_bytes(written(perceptron(rng)))
    return path


def test_a_network_by_the_api(model: Path, rng: np.random.Generator):
    network = xd.compile(model)
    inputs = rng.integers(-128, 128, network.input_shape).astype(np.int8)
    result = network.infer(inputs)
    assert result.matches_golden
    assert np.array_equal(result.output, network.golden(inputs))
    assert sum(layer.cycles for layer in result.layers) < result.cycles
    with pytest.raises(xd.UserError, match=r"of int8 of shape \(40,\), not float32 .*; give the codes round"):
        network.infer(inputs.astype(np.float32))
    with pytest.raises(xd.UserError, match=r"of int8 of shape \(40,\), not a list"):
        network.infer(inputs.tolist())
    with pytest.raises(xd.UserError, match="processes must be 1 or more, not 0"):
        network.infer(inputs, processes=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"config": 3}, "a configuration must be a name, such as baseline, or a CoreConfig, not 3"),
        ({"cluster": 1.5}, "a cluster must be a name, such as small, a number of cores .*, not 1.5"),
        ({"l2": 1.5}, "l2 must be a number of bytes such as 98304, 96k or 1M, not 1.5"),
        ({"l1": "1k"}, "cluster with a larger L1, such as standard,l1_bytes=262144"),
        ({"preferred": ("winograd",)}, r"each one of .*sparse_software.*, not \('winograd',\)"),
        ({"preferred": "sparse_software"}, "must be a collection of names of kernels"),
    ],
)
def test_arguments_of_compile_that_are_refused(arguments: dict[str, Any], message: str, model: Path):
    with pytest.raises(xd.UserError, match=message):
        xd.compile(model, **arguments)


def run(*arguments: str | Path) -> int | None:
    """The exit status, where a command ends with one."""
    return command_line()([str(argument) for argument in arguments], standalone_mode=False)


def test_check_lists_the_layers(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run("check", model, "--isa", "baseline", "--cluster", "small", "--json", tmp_path / "check.json")
    found = json.loads((tmp_path / "check.json").read_text())
    assert [row["layer"] for row in found["rows"]] == ["layer0", "layer1"]
    assert (found["cluster"]["name"], found["cluster"]["core"]["name"]) == ("small", "baseline")
    printed = capsys.readouterr().out
    assert "linear dense" in printed
    assert f"{found['predicted_cycles']:,} cycles predicted" in printed
    assert f"weights: {found['weight_bytes']['l2']:,} in L2, 0 in L3" in printed


def test_infer_runs_a_saved_input(model: Path, tmp_path: Path, rng: np.random.Generator):
    inputs = rng.integers(-128, 128, (1, 40)).astype(np.int8)
    np.save(tmp_path / "x.npy", inputs)
    run("infer", model, "--input", tmp_path / "x.npy", "--json", tmp_path / "layers.json")
    found = json.loads((tmp_path / "layers.json").read_text())
    assert found["output"] == xd.compile(model).golden(inputs[0]).tolist()
    assert all(row["matches_golden"] and row["counters"]["cycles"] for row in found["rows"])


@pytest.mark.parametrize("command", ["check", "infer"])
def test_models_that_are_refused(command: str, model: Path, tmp_path: Path, rng: np.random.Generator):
    broken = perceptron(rng)
    broken.tensors[0].dtype, broken.tensors[0].scales = "float32", ()
    model.write_bytes(written(broken))
    with pytest.raises(xd.UserError, match="'input' is float32; quantize the model"):
        run(command, model)
    with pytest.raises(xd.UserError, match=r"cannot read .*; give a f(ile|older) that"):
        run(command, tmp_path / "nothing.tflite")


def test_inputs_that_are_refused(model: Path, tmp_path: Path):
    (tmp_path / "x.npy").write_text("text")
    with pytest.raises(xd.UserError, match="as a NumPy array"):
        run("infer", model, "--input", tmp_path / "x.npy")


@pytest.mark.parametrize(("package", "suffix"), [("tflite", ".tflite"), ("onnx", ".onnx")])
def test_without_the_extra_a_message_says_what_to_install(
    package: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in [*sys.modules]:
        if name.startswith(("tflite", "onnx", "compiler.importer.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    path = tmp_path / f"model{suffix}"
    path.write_bytes(bytes(16))
    with pytest.raises(xd.UserError, match=r"pip install 'xdecimate\[compiler\]'"):
        xd.compile(path)


def test_the_content_says_which_format_a_file_has(model: Path, tmp_path: Path):
    renamed = tmp_path / "model.onnx"
    renamed.write_bytes(model.read_bytes())
    assert xd.compile(renamed).input_shape == (40,)
    renamed.write_bytes(b"text and more text")
    with pytest.raises(xd.UserError, match="not an ONNX file"):
        xd.compile(renamed)


def test_a_known_network_as_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run("model", "resnet8", "--sparsity", "1:4", "--seed", "3", "-o", tmp_path / "command.onnx")
    xd.save_model("resnet8", tmp_path / "function.onnx", m=4, seed=3)
    assert (tmp_path / "command.onnx").read_bytes() == (tmp_path / "function.onnx").read_bytes()
    assert "command.onnx" in capsys.readouterr().err


def test_networks_that_are_not_known(tmp_path: Path):
    with pytest.raises(xd.UserError, match=r"must be one of resnet18, .*, not 'lenet'"):
        run("model", "lenet", "-o", tmp_path / "model.onnx")
    with pytest.raises(xd.UserError, match="--sparsity must be one of dense, 1:4, 1:8, 1:16, not '2:4'"):
        run("model", "resnet8", "--sparsity", "2:4", "-o", tmp_path / "model.onnx")
    with pytest.raises(xd.UserError, match=r"cannot write .*missing"):
        run("model", "resnet8", "-o", tmp_path / "missing" / "model.onnx")
    with pytest.raises(xd.UserError, match="seed must be an integer of at least 0, not -1"):
        xd.save_model("resnet8", tmp_path / "model.onnx", seed=-1)
    assert list(tmp_path.iterdir()) == []


def test_compile_then_infer_from_the_folder_alone(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    run("compile", model, "-o", tmp_path / "folder", "--isa", "baseline", "--cores", "1")
    model.unlink()
    before = json.loads((tmp_path / "folder" / "report.json").read_text())
    assert before["cycles"] is None
    assert before["cluster"]["core"]["name"] == "baseline"
    run("infer", tmp_path / "folder", "--host")
    assert json.loads((tmp_path / "folder" / "report.json").read_text()) == before
    assert "largest outputs" in capsys.readouterr().out


@pytest.mark.parametrize("option", [("--isa", "baseline"), ("--cores", "2"), ("--l1", "64k")])
def test_a_folder_keeps_what_it_was_compiled_for(option: tuple[str, str], model: Path, tmp_path: Path):
    run("compile", model, "-o", tmp_path / "folder")
    with pytest.raises(xd.UserError, match=r"keeps the cluster and the memory .*; leave out --isa, --cores"):
        run("infer", tmp_path / "folder", *option)


def test_figures_do_not_go_into_the_folder(model: Path, tmp_path: Path):
    run("compile", model, "-o", tmp_path / "folder")
    for name in ("network.json", "layers.json"):
        with pytest.raises(xd.UserError, match=f"{name} would lie in the folder that compile wrote; choose"):
            run("infer", tmp_path / "folder", "--json", tmp_path / "folder" / name)
    assert xd.load(tmp_path / "folder").folder.changed == []


def test_infer_puts_the_cycles_into_the_report(model: Path, tmp_path: Path):
    run("compile", model, "-o", tmp_path / "folder")
    run("infer", tmp_path / "folder", "--json", tmp_path / "layers.json")
    found = json.loads((tmp_path / "layers.json").read_text())
    report = json.loads((tmp_path / "folder" / "report.json").read_text())
    assert report == {name: value for name, value in found.items() if name != "output"}
    assert report["cycles"] > 0
    run("compile", model, "-o", tmp_path / "folder")
    assert json.loads((tmp_path / "folder" / "report.json").read_text())["cycles"] is None


def test_a_fault_ends_with_status_1(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run("compile", model, "-o", tmp_path / "folder")
    source = tmp_path / "folder" / "src" / "model_perceptron.c"
    source.write_text(source.read_text().replace(".lo = -5,", ".lo = -1,"))
    assert run("infer", tmp_path / "folder", "--host") == 1
    errors = capsys.readouterr().err
    assert "src/model_perceptron.c is not as compile wrote it" in errors
    assert "layer layer0 differs from the golden model, first at index" in errors


def test_a_model_is_compiled_for_the_baseline(model: Path, rng: np.random.Generator):
    inputs = rng.integers(-128, 128, 40).astype(np.int8)
    results = [
        xd.compile(model, config=name).infer(inputs, model="host") for name in ("baseline", "xdecimate")
    ]
    assert np.array_equal(results[0].output, results[1].output)


def test_modes_that_are_refused(model: Path):
    inputs = np.zeros(40, np.int8)
    with pytest.raises(xd.UserError, match="leave out one of host and composed"):
        xd.compile(model).infer(inputs, model="host", composed=True)
    with pytest.raises(xd.UserError, match="model must be rtl or host, not 'gpu'"):
        xd.compile(model).infer(inputs, model="gpu")  # pyright: ignore[reportArgumentType]
