"""Targets of a training: dense, an N:M for all layers, or a budget of accuracy."""

import math
from dataclasses import dataclass

from common.errors import UserError
from reference.blocks import BLOCK_SIZES

_BUDGET = "budget:"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Sparsity to reach.

    Parameters
    ----------
    m : int or None
        1:M for all layers that are pruned; None for a dense network or with a budget.
    points : float or None
        Points of accuracy that may be lost where each layer gets its own format.
    """

    m: int | None = None
    points: float | None = None


def target(text: str) -> Target:
    """The target of ``dense``, ``1:M`` or ``budget:POINTS``; ``UserError`` for any other text."""
    sizes = {f"1:{m}": m for m in BLOCK_SIZES}
    if text == "dense":
        return Target()
    if text in sizes:
        return Target(m=sizes[text])
    if text.startswith(_BUDGET):
        try:
            points = float(text.removeprefix(_BUDGET))
        except ValueError:
            points = math.nan
        if 0 <= points <= 100:
            return Target(points=points)
    raise UserError(
        f"sparsity must be dense, {', '.join(sizes)} or budget:POINTS with 0 to 100 points of accuracy, such "
        f"as budget:1.5, not {text!r}"
    )
