"""Tables and curves of trained networks: digits, CIFAR-10, and the models of examples/cifar10."""

import json
from collections.abc import Mapping, Sequence
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
_HEADS = ("network", "N:M", "cores", "accuracy, %", "drop, points", "kB", "cycles", "images on the RTL")


def digits() -> str:
    """The table of `xdecimate bench accuracy` on the digits."""
    return _table(_rows("digits"))


def _rows(*names: str) -> list[dict[str, Any]]:
    return [row for name in names for row in load(f"accuracy/{name}")["rows"]]


def _cifar10() -> list[dict[str, Any]]:
    return _rows("cifar10_xdecimate", "cifar10_xdecmac", "cifar10_budget")


def cifar10() -> str:
    """The same on CIFAR-10, and the network of a budget."""
    return _table(_cifar10())


def conflicts() -> str:
    """Cycles of a trained network at 1:16, on a cluster with bank conflicts and on one with few."""
    (row,) = (row for row in _cifar10() if (row["sparsity"], row["isa"]) == ("1:16", "xdecmac"))
    in_step = load("accuracy/cifar10_in_step")
    return (
        f"With XDecmac at 1:16, {row['cycles']:,} cycles were measured and {row['predicted_cycles']:,} "
        "predicted. Training keeps some channels far more often than others, so that cores meet in the same "
        "banks; predictions assume that all are as frequent. On a cluster whose cores are in step "
        f"([cluster](cluster.md)), the network takes {in_step['cycles']:,} cycles.\n"
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
    """Records of the models of examples/cifar10 by the names of their files, dense first."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(MODELS.glob("*.json"))}
    return dict(sorted(found.items(), key=lambda item: item[1]["settings"]["sparsity"] != "dense"))


def cards() -> str:
    """A card for each model of examples/cifar10."""
    return "\n".join(_card(name, record, _cifar10()) for name, record in records().items())


def _card(name: str, record: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    settings = record["settings"]
    own = [row for row in rows if row["sparsity"] == settings["sparsity"]]
    seed = own[0]["seeds"].index(settings["seed"])
    cycles = ", ".join(f"{row['cycles']:,} on cores of `{row['isa']}`" for row in own)
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


def write_curves() -> None:
    """Draw the accuracies of the test images during the trainings."""
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
    save_svg(figure, CURVES)


PARTS = {"digits accuracy": digits, "cifar10 accuracy": cifar10, "trained conflicts": conflicts}
CARDS = {"cards": cards}
