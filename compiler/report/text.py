"""The report as plain text."""

from collections.abc import Mapping
from typing import Any

from reference.requantization import Tier


def report_text(figures: Mapping[str, Any]) -> str:
    """The text of report.txt."""
    cycles, predicted = figures["cycles"], figures["predicted_cycles"]
    memory = figures["weight_bytes"]
    lines = [
        f"{figures['model']} on cluster {figures['cluster']['name']}",
        "",
        f"cycles       {number(cycles)} measured, {number(predicted)} predicted",
        f"MACs         {figures['macs']:,}, {rate(figures['macs_per_cycle'])} a cycle",
        f"activations  {figures['arena_bytes']:,} bytes of L2, {figures['far_arena_bytes']:,} of L3; "
        f"{figures['live_bytes']:,} of L2 live together",
        f"weights      {memory['l2']:,} bytes in L2, {memory['l3']:,} in L3",
        f"L1           {figures['l1_bytes']:,} bytes of buffers",
        *(f"outputs      {line}" for line in filter(None, [requantization_line(figures)])),
        "",
        f"{'layer':<40} {'kernel':<28} {'predicted':>11} {'cycles':>11} {'MAC/cycle':>9} {'weights':>9} "
        f"{'L1':>7}  causes",
    ]
    lines += [_line(row) for row in figures["rows"]]
    lines += ["", "Kernels that were not chosen:"]
    for row in figures["rows"]:
        for other in row["kernels"][1:]:
            why = other["reason"] or f"{number(other['predicted_cycles'])} cycles predicted"
            lines.append(f"  {short(row['layer'], 38):<38} {other['kernel']:<28} {why}")
    return "\n".join([*lines, ""])


def memory_line(figures: Mapping[str, Any]) -> str:
    """Memory of the network in one line."""
    weights = figures["weight_bytes"]
    return (
        f"activations: {figures['arena_bytes']:,} bytes of L2, {figures['far_arena_bytes']:,} of L3; buffers "
        f"in L1: {figures['l1_bytes']:,}; weights: {weights['l2']:,} in L2, {weights['l3']:,} in L3"
    )


def requantization_line(figures: Mapping[str, Any]) -> str:
    """Arithmetic of the layers that have a choice, in one line; empty if there are none."""
    short = [row["layer"] for row in figures["rows"] if row.get("tier") == Tier.SHORT]
    exact = [row["layer"] for row in figures["rows"] if row.get("tier", Tier.SHORT) != Tier.SHORT]
    if not short and not exact:
        return ""
    names = f" ({', '.join(exact)})" if exact else ""
    return f"{len(short)} layers requantized by 16-bit multipliers, {len(exact)} by 31-bit ones{names}"


def _line(row: Mapping[str, Any]) -> str:
    return (
        f"{short(row['layer'], 40):<40} {kernel_title(row):<28} {number(row['predicted_cycles']):>11} "
        f"{number(row.get('cycles')):>11} {rate(row.get('macs_per_cycle')):>9} {row['weight_bytes']:>9,} "
        f"{row['l1_bytes']:>7,}  {causes(row.get('breakdown', {}))}"
    ).rstrip()


def kernel_title(row: Mapping[str, Any]) -> str:
    """Operator, kernel, block size, and its output's layout if that is not hwc."""
    size, layout = (f" m{row['m']}" if row["m"] else ""), row.get("layout")
    return f"{row['operator']} {row['kernel']}{size}" + (f", {layout}" if layout else "")


def causes(parts: Mapping[str, float], most: int = 3) -> str:
    """The largest parts of the cores' cycles."""
    largest = sorted(parts.items(), key=lambda part: -part[1])[:most]
    return ", ".join(f"{name.replace('_', '-')} {share:.0%}" for name, share in largest)


def short(text: str, width: int) -> str:
    """The end of a text that is too long: names of layers differ there."""
    return text if len(text) <= width else "…" + text[1 - width :]


def number(value: float | None) -> str:
    """A number with commas, or a dash."""
    return "-" if value is None else f"{value:,.0f}"


def rate(value: float | None) -> str:
    """A number with two decimals, or a dash."""
    return "-" if value is None else f"{value:.2f}"
