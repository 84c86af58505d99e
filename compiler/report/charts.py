"""Charts of a report as inline SVG; the page's style sheet gives the colours."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from compiler.report.figures import CAUSES
from compiler.report.text import kernel_title, number, short

_WIDTH = 1000
#: Most characters of a layer's name, and pixels of one.
_NAME, _CHARACTER = 38, 7.8
#: Lengths in pixels: a layer's bars, and the space between layers.
_BAR, _ROW = 9, 26


def _svg(height: float, parts: Iterable[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
        + "".join(parts)
        + "</svg>"
    )


def _rect(kind: str, x: float, y: float, width: float, height: float, title: str) -> str:
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}">'
        f"<title>{escape(title)}</title></rect>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def cycle_bars(rows: Sequence[Mapping[str, Any]]) -> str:
    """Predicted and measured cycles of each layer, the measured ones by cause."""
    most = max(max(row["predicted_cycles"], row.get("cycles") or 0) for row in rows)
    left = 14 + _CHARACTER * max(len(short(row["layer"], _NAME)) for row in rows)
    scale = (_WIDTH - left - 100) / max(most, 1)
    parts = []
    for place, row in enumerate(rows):
        y, x, cycles = place * _ROW, left, row.get("cycles")
        name, predicted = row["layer"], row["predicted_cycles"]
        label = _text(left - 8, y + 16, short(name, _NAME), "end")
        parts.append(f"<g><title>{escape(name)}</title>{label}</g>")
        parts.append(
            _rect("predicted", left, y + 3, predicted * scale, _BAR, f"predicted {number(predicted)}")
        )
        for cause, share in row.get("breakdown", {}).items():
            width = share * (cycles or 0) * scale
            title = f"{cause.replace('_', '-')} {share:.1%}, {number(share * (cycles or 0))} cycles"
            if width > 0.05:
                parts.append(_rect(f"cause-{cause}", x, y + 4 + _BAR, width, _BAR, title))
            x += width
        end = max(left + predicted * scale, x)
        parts.append(_text(end + 6, y + 16, number(cycles if cycles else predicted), kind="value"))
    return _svg(len(rows) * _ROW + 4, parts, "cycles of each layer")


def legend() -> str:
    """The colours of ``cycle_bars``, as HTML."""
    items = [("predicted", "predicted"), *((f"cause-{name}", name.replace("_", "-")) for name in CAUSES)]
    return "".join(
        f'<span class="key"><svg viewBox="0 0 10 10"><rect class="{kind}" width="10" height="10"/></svg>'
        f"{escape(name)}</span>"
        for kind, name in items
    )


def roofline(rows: Sequence[Mapping[str, Any]], cores: int, bus_bytes: int) -> str:
    """MACs per cycle of each layer over MACs for each byte that must move, on logarithmic axes."""
    points = [
        (row["macs"] / row["moved_bytes"], row["macs"] / (row.get("cycles") or row["predicted_cycles"]), row)
        for row in rows
        if row["macs"] and row["predicted_cycles"]
    ]
    if not points:
        return ""
    peak = 4 * cores
    left, right, top, bottom = 60, _WIDTH - 20, 20, 380
    span_x = (min(0.1, *(x for x, _, _ in points)), max(1000.0, *(x for x, _, _ in points)))
    span_y = (min(0.1, *(y for _, y, _ in points)), 2.0 * max(peak, *(y for _, y, _ in points)))

    def at(x: float, y: float) -> tuple[float, float]:
        part_x = (math.log(x) - math.log(span_x[0])) / (math.log(span_x[1]) - math.log(span_x[0]))
        part_y = (math.log(y) - math.log(span_y[0])) / (math.log(span_y[1]) - math.log(span_y[0]))
        return left + part_x * (right - left), bottom - part_y * (bottom - top)

    parts = []
    for exponent in range(math.ceil(math.log10(span_x[0])), math.floor(math.log10(span_x[1])) + 1):
        x, _ = at(10.0**exponent, 1)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(_text(x, bottom + 18, f"{10.0**exponent:g}", "middle"))
    for exponent in range(math.ceil(math.log10(span_y[0])), math.floor(math.log10(span_y[1])) + 1):
        _, y = at(1, 10.0**exponent)
        parts.append(f'<line class="grid" x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
        parts.append(_text(left - 6, y + 4, f"{10.0**exponent:g}", "end"))
    ridge = peak / bus_bytes
    start = max(span_x[0], span_y[0] / bus_bytes)
    corners = [at(start, start * bus_bytes), at(ridge, peak), at(span_x[1], peak)]
    parts.append(f'<polyline class="roof" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>')
    parts.append(_text(corners[1][0] + 8, corners[1][1] - 8, f"{peak} MACs a cycle: {cores} SIMD units"))
    for x, y, row in points:
        kind = "sparse" if row["m"] else "dense"
        px, py = at(x, y)
        place = f'cx="{px:.1f}" cy="{py:.1f}" r="6"'
        title = f"{row['layer']}: {kernel_title(row)}, {y:.2f} MACs a cycle, {x:.1f} MACs a byte"
        parts.append(f'<circle class="{kind}" {place}><title>{escape(title)}</title></circle>')
    parts.append(
        _text((left + right) / 2, bottom + 38, "MACs for each byte of weights, inputs and outputs", "middle")
    )
    parts.append(_text(left, top - 6, "MACs a cycle"))
    return _svg(bottom + 46, parts, "roofline")


def arena(activations: Sequence[Mapping[str, Any]], steps: int, size: int) -> str:
    """Buffers of activations: steps to the right, places in the arena upwards."""
    left, right, top, bottom = 80, _WIDTH - 20, 10, 320
    width, height = (right - left) / (steps + 1), (bottom - top) / max(size, 1)
    parts = []
    for place, one in enumerate(activations):
        x, last = left + max(one["first"], 0) * width, one["last"] + 1
        y = bottom - (one["offset"] + one["bytes"]) * height
        place_of = f"{number(one['bytes'])} bytes at {number(one['offset'])}"
        title = f"{one['symbol']}: {place_of}, steps {one['first']} to {one['last']}"
        kind, length = f"buffer shade-{place % 4}", left + last * width - x
        parts.append(_rect(kind, x, y, length, one["bytes"] * height, title))
    for part in range(5):
        value = size * part / 4
        parts.append(_text(left - 6, bottom - value * height + 4, number(value), "end"))
    for step in range(0, steps + 1, max(1, -(-steps // 20))):
        name = str(step) if step < steps else "end"
        parts.append(_text(left + (step + 0.5) * width, bottom + 16, name, "middle"))
    parts.append(_text((left + right) / 2, bottom + 36, "step", "middle"))
    return _svg(bottom + 44, parts, "memory over time")
