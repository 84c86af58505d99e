"""Tables of docs/compiler.md, made from what ``xdecimate infer --json`` measured."""

from typing import Any

from common.markdown import table
from common.results import RESULTS, load

#: Names of the files of MLPerf Tiny, and what they are.
_TITLES = {
    "ad01_int8": "autoencoder, machine sounds",
    "kws_ref_model": "DS-CNN, keywords",
    "pretrainedResnet_quant": "ResNet8, CIFAR-10",
    "str_ww_ref_model": "streaming wake word",
    "vww_96_int8": "MobileNetV1-0.25, persons",
}


def _recorded() -> list[dict[str, Any]]:
    """Reports of all networks, by the name of their file."""
    return [load(f"networks/{path.stem}") for path in sorted((RESULTS / "networks").glob("*.json"))]


def networks() -> str:
    """One row for each network."""
    rows = []
    for report in _recorded():
        layers = report["rows"]
        assert all(layer["matches_golden"] for layer in layers)
        macs = sum(layer["macs"] for layer in layers)
        rows.append(
            [
                _TITLES[report["model"]],
                f"`{report['model']}.tflite`",
                str(len(layers)),
                f"{macs / 1e6:.2f}",
                f"{report['cycles']:,}",
                f"{macs / report['cycles']:.2f}",
            ]
        )
    return table(("network", "file", "layers", "MMAC", "cycles", "MACs/cycle"), rows)


PARTS = {"networks": networks}
