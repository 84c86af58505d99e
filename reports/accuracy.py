"""Tables and curves of trained networks: digits, CIFAR-10, and the models of examples/cifar10."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from matplotlib.figure import Figure

from common.figures import save_svg
from common.markdown import table
from common.results import RESULTS, load

ROOT = RESULTS.parent
#: int8 models, and the records of their trainings with the same names.
MODELS = ROOT / "examples" / "cifar10"
CURVES = ROOT / "docs" / "figures" / "cifar10_training.svg"
_ISAS = ("xdecimate", "xdecmac")
_HEADS = ("network", "N:M", "cores", "accuracy, %", "drop, points", "kB", "cycles", "images on the RTL")


def digits() -> str:
    """The table of `xdecimate bench accuracy` on the digits."""
    return _table(on_digits())


def on_digits() -> list[dict[str, Any]]:
    """Rows of all seeds, with the images that the networks of the first seed computed on the RTL."""
    found = {(row["model"], row["sparsity"], row["isa"]): row for row in _rows("digits")}
    for row in _rows("digits_rtl"):
        key = (row["model"], row["sparsity"], row["isa"])
        found[key] = found[key] | {name: row[name] for name in ("cycles", "rtl_images", "rtl_equal")}
    return list(found.values())


def _rows(*names: str) -> list[dict[str, Any]]:
    return [row for name in names for row in load(f"accuracy/{name}")["rows"]]


def _cifar10() -> list[dict[str, Any]]:
    return _rows("cifar10_xdecimate", "cifar10_xdecmac", "cifar10_budget")


def cifar10() -> str:
    """The same on CIFAR-10, and the network of a budget."""
    return _table(_cifar10())


def capacity() -> str:
    """Weights that pruning leaves to ResNet8, and the loss that they reach on the images of training."""
    by_sparsity = {record["settings"]["sparsity"]: record for record in records().values()}
    drops = {row["sparsity"]: fmean(row["drops"]) for row in _cifar10()}
    weights = sum(layer["weights"] for layer in by_sparsity["dense"]["layers"])
    sparse = by_sparsity["1:8"]
    pruned = [layer for layer in sparse["layers"] if layer["sparsity"] != "dense"]
    left = sum(layer["weights"] - layer["zeros"] for layer in pruned)
    loss, dense_loss = (
        [epoch["loss"] for epoch in record["history"] if epoch["phase"] == "pruned"][-1]
        for record in (sparse, by_sparsity["dense"])
    )
    return (
        f"ResNet8 has {weights:,} weights. Against a dense network that was trained as long, it loses "
        f"{drops['1:4']:.2f} points at 1:4 and {drops['1:8']:.2f} at 1:8. At 1:8, {left:,} weights are left "
        "in the pruned layers. They do not suffice to learn the images of training: the loss of these in the "
        f"last epoch of the pruned phase is {loss:.2f}, and that of the dense network {dense_loss:.2f}.\n"
    )


def _inferred(name: str, isa: str) -> Any:
    """The report of `xdecimate infer` on a trained model."""
    return load(f"accuracy/models/{name}_{isa}")


def small_layers() -> str:
    """Cycles of ResNet8 with XDecmac at 1:8 and 1:16, with trained and with random weights."""
    denser, sparser = (_inferred(f"resnet8_1_{m}", "xdecmac") for m in (8, 16))
    (random,) = (
        row for row in load("xdecmac_networks/resnet8")["rows"] if (row["isa"], row["m"]) == ("xdecmac", 16)
    )
    in_step = load("accuracy/cifar10_in_step")
    return (
        f"With XDecmac, the network takes {denser['cycles']:,} cycles at 1:8 and {sparser['cycles']:,} at "
        f"1:16. Random weights at 1:16 take {random['cycles']:,}. On a cluster whose cores are in step "
        f"([cluster](cluster.md)), the network takes {in_step['cycles']:,} at 1:16.\n"
    )


def resnet18() -> str:
    """ResNet18 at 1:8: its training, and its cycles."""
    record, ran = load("accuracy/resnet18_1_8"), _inferred("resnet18_1_8", "xdecmac")
    dense, pruned, quantized = record["settings"]["recipe"]["epochs"]
    last = record["history"][-1]["accuracy"]
    assert all(row["matches_golden"] for row in ran["rows"])
    return (
        f"ResNet18 reached {100 * record['dense']:.2f} % in {dense} epochs of the dense phase. At 1:8 it "
        f"reached {100 * record['pruned']:.2f} % in {pruned} epochs of the pruned phase, and "
        f"{100 * last:.2f} % with simulated quantization, after {quantized} epoch of that. The int8 model "
        f"takes {ran['cycles']:,} cycles with XDecmac on the RTL, and every byte "
        "of every layer is that of the golden models.\n"
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    cells = []
    for row in rows:
        assert row["rtl_equal"] == row["rtl_images"]
        spread = f" ± {100 * stdev(row['int8']):.2f}" if len(row["int8"]) > 1 else ""
        cells.append(
            [
                row["model"],
                row["sparsity"],
                row["isa"],
                f"{100 * fmean(row['int8']):.2f}{spread}",
                f"{fmean(row['drops']):.2f}",
                f"{row['weight_bytes'] / 1000:.1f}",
                f"{row['cycles']:,}",
                str(row["rtl_images"]),
            ]
        )
    return table(_HEADS, cells)


def records() -> dict[str, dict[str, Any]]:
    """Records of the models of examples/cifar10 by file name, those with fewest zeros first."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(MODELS.glob("*.json"))}
    return dict(sorted(found.items(), key=lambda item: sum(one["zeros"] for one in item[1]["layers"])))


def cards() -> str:
    """A card for each model of examples/cifar10."""
    return "\n".join(_card(name, record, _cifar10()) for name, record in records().items())


def _card(name: str, record: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    settings = record["settings"]
    own = [row for row in rows if row["sparsity"] == settings["sparsity"]]
    seed = own[0]["seeds"].index(settings["seed"])
    cycles = ", ".join(f"{_inferred(name, isa)['cycles']:,} on cores of `{isa}`" for isa in _ISAS)
    sparsity = settings["sparsity"]
    layers = ", ".join(f"{one['layer']} {one['sparsity']}" for one in record["layers"])
    start = "" if sparsity == "dense" else "--from resnet8_dense "
    command = f"xdecimate train --data folder:cifar10_jpeg.tar.xz --sparsity {sparsity} {start}-o {name}"
    return "\n".join(
        [
            f"### {name}.onnx",
            "",
            f"- Accuracy: {100 * own[0]['floating'][seed]:.2f} % in floating point, "
            f"{100 * own[0]['int8'][seed]:.2f} % in int8.",
            f"- File: {(MODELS / f'{name}.onnx').stat().st_size:,} bytes; "
            f"{own[0]['weight_bytes']:,} bytes of weights as compiled.",
            f"- Cycles on eight cores: {cycles}.",
            f"- Layers: {layers}.",
            f"- Training: `{command}`.",
            "",
        ]
    )


def write_curves(path: Path = CURVES) -> None:
    """Draw the accuracies of the test images during the trainings, as SVG."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for record in records().values():
        settings, history = record["settings"], record["history"]
        begin = 0 if settings["sparsity"] == "dense" else settings["recipe"]["epochs"][0]
        points = [
            (begin + number, 100 * one["accuracy"])
            for number, one in enumerate(history, 1)
            if one["accuracy"] is not None
        ]
        axes.plot(*zip(*points, strict=True), marker=".", label=settings["sparsity"])
    axes.set_title("ResNet8 on CIFAR-10: dense phase, pruned phase, simulated quantization")
    axes.set_xlabel("epoch")
    axes.set_ylabel("accuracy of the test images, %")
    axes.legend()
    save_svg(figure, path)


PARTS = {
    "digits accuracy": digits,
    "cifar10 accuracy": cifar10,
    "capacity": capacity,
    "small layers": small_layers,
    "resnet18": resnet18,
}
CARDS = {"cards": cards}
