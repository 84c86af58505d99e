"""The files of a report, which have the same figures."""

import json
from collections.abc import Mapping
from typing import Any

from compiler.report.page import report_page
from compiler.report.text import report_text

#: Their names in a network's folder.
REPORTS = ("report.json", "report.txt", "report.html")


def report_files(figures: Mapping[str, Any]) -> dict[str, bytes]:
    """Content of the files by their names."""
    texts = (json.dumps(figures, indent=1) + "\n", report_text(figures), report_page(figures))
    return {name: text.encode() for name, text in zip(REPORTS, texts, strict=True)}
