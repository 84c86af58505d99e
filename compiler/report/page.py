"""The report as one HTML page without external parts, for light and dark screens."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from compiler.report import charts
from compiler.report.figures import CAUSES
from compiler.report.text import kernel_title, number, rate


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), trim_blocks=True, autoescape=True
    )
    environment.globals |= {"broken": _broken, "kernel_title": kernel_title, "number": _number, "rate": _rate}
    return environment.get_template("page.html.j2")


def _broken(text: str) -> Markup:
    """A list with places where a line may end."""
    return Markup(",<wbr>").join(text.split(","))


def _number(value: Any) -> str:
    return number(None if isinstance(value, jinja2.Undefined) else value)


def _rate(value: Any) -> str:
    return rate(None if isinstance(value, jinja2.Undefined) else value)


def _arena(figures: Mapping[str, Any], memory: str, size: int) -> Markup:
    """The chart of an arena, empty where no activation lies in it."""
    inside = [one for one in figures["activations"] if one["memory"] == memory]
    return Markup(charts.arena(inside, len(figures["rows"]), size)) if inside else Markup()


def report_page(figures: Mapping[str, Any]) -> str:
    """The text of report.html."""
    rows, cluster = figures["rows"], figures["cluster"]
    return _template().render(
        f=figures,
        causes=CAUSES,
        composed=any(row.get("measured_as") for row in rows),
        wrong=next((row for row in rows if row.get("differs_at") is not None), None),
        legend=Markup(charts.legend()),
        cycle_bars=Markup(charts.cycle_bars(rows)),
        roofline=Markup(charts.roofline(rows, cluster["cores"], cluster["bus_bytes"])),
        arena=_arena(figures, "l2", figures["arena_bytes"]),
        far_arena=_arena(figures, "l3", figures["far_arena_bytes"]),
    )
