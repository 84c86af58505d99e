"""What the commands measured and the project keeps: docs/results."""

import json
from pathlib import Path
from typing import Any

_RESULTS = Path(__file__).parents[1] / "docs" / "results"


def load(name: str) -> Any:
    """A report as its command wrote it with ``--json``."""
    return json.loads((_RESULTS / f"{name}.json").read_text())
