"""Tables of the documents, in Markdown."""

import re
from collections.abc import Sequence

#: A figure with its sign, unit, emphasis and star.
_FIGURE = re.compile(r"\**[-+]?\d[\d,.]*( ?%)?( of [\d,]+)?( \(.*\))?\**(\\\*)?")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, with an end of line after it; columns of figures, or nothing, are aligned to the right.

    Raises ``ValueError`` when a row has not as many cells as there are heads.
    """
    columns = [cells for _, *cells in zip(heads, *rows, strict=True)]
    aligned = [
        "---:" if all(not cell or _FIGURE.fullmatch(cell) for cell in own) else "---" for own in columns
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, aligned, *rows))
