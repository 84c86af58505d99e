"""Figures that the commands measured and the project keeps in results."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"


def load(name: str) -> Any:
    """A report as its command wrote it with ``--json``; those about the mapped netlist are ``synth/NAME``."""
    return json.loads((RESULTS / f"{name}.json").read_text())
