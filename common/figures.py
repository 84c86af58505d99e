"""Figures as files."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure


def save_svg(figure: Figure, path: Path) -> None:
    """Write a figure as SVG; the same figure gives the same file."""
    with mpl.rc_context({"svg.hashsalt": "xdecimate"}):
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG and SVG, with these endings instead of the path's."""
    save_svg(figure, path)
    figure.savefig(path.with_suffix(".png"), dpi=110, metadata={"Software": None})
