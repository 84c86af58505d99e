"""The figures of a report: what is known of each layer before it runs, and what a run measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.folder.record import NetworkRecord, StepRecord
from compiler.place import Buffer, lower_bound
from hw.cluster.registers import COUNTER_NAMES
from sw_kernels.packing.activations import HWC

#: Causes of cycles: the counters, and what is left of the cycles (branches, jumps, long instructions).
CAUSES = (*(name for name in COUNTER_NAMES if name != "cycles"), "other")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A layer as it ran.

    Parameters
    ----------
    cycles : int
        Of the slowest core.
    counters : mapping of str to int
        Sums over the cores.
    differs_at : int or None
        First index that is not the golden model's.
    measured_as : str or None
        The layer of the same program that ran in its place.
    """

    cycles: int
    counters: Mapping[str, int]
    differs_at: int | None
    measured_as: str | None = None


def figures(
    record: NetworkRecord, measured: Sequence[Measured] = (), cycles: int | None = None
) -> dict[str, Any]:
    """All figures of a report, in types that JSON has.

    Parameters
    ----------
    record : NetworkRecord
    measured : sequence of Measured
        Of each step, or empty.
    cycles : int, optional
        Of the whole network.
    """
    macs = sum(step.macs for step in record.steps)
    bytes_of = {one.symbol: one.bytes for one in record.activations}
    bytes_of |= {one.symbol: one.bytes for one in record.constants}
    buffers = [
        Buffer(name=one.symbol, size=one.bytes, first=one.first, last=one.last)
        for one in record.activations
        if one.memory == "l2"
    ]
    runs = measured or [None] * len(record.steps)
    return {
        "model": record.model,
        "cluster": record.cluster.as_dict(),
        "predicted_cycles": record.predicted_cycles,
        "cycles": cycles,
        "macs": macs,
        "macs_per_cycle": _rate(macs, cycles),
        "arena_bytes": record.arena_bytes,
        "far_arena_bytes": record.far_arena_bytes,
        "live_bytes": lower_bound(buffers),
        "l1_bytes": record.l1_bytes,
        "weight_bytes": {
            memory: sum(one.bytes for one in record.constants if one.memory == memory)
            for memory in ("l2", "l3")
        },
        "rows": [_row(step, bytes_of, run) for step, run in zip(record.steps, runs, strict=True)],
        "activations": [
            {
                "symbol": one.symbol,
                "memory": one.memory,
                "offset": one.offset,
                "bytes": one.bytes,
                "first": one.first,
                "last": one.last,
            }
            for one in record.activations
        ],
    }


def _row(step: StepRecord, bytes_of: Mapping[str, int], run: Measured | None) -> dict[str, Any]:
    moved = step.weight_bytes + step.output_bytes
    moved += sum(bytes_of[name] for name in step.inputs if name not in {one.symbol for one in step.constants})
    row: dict[str, Any] = {
        "layer": step.name,
        "operator": step.operator,
        "kernel": step.kernel,
        "m": step.m,
        "geometry": step.geometry,
        "macs": step.macs,
        "predicted_cycles": step.predicted_cycles,
        "strips": step.strips,
        "tiles": step.tiles,
        "l1_bytes": step.l1_bytes,
        "weight_bytes": step.weight_bytes,
        "weight_memory": ", ".join(sorted({one.memory for one in step.constants})),
        "moved_bytes": moved,
        "kernels": [
            {"kernel": one.kernel, "predicted_cycles": one.cycles and round(one.cycles), "reason": one.reason}
            for one in step.choices
        ],
    }
    if step.output_layout != HWC.name:
        row["layout"] = step.output_layout
    if step.tier:
        row["tier"] = step.tier
    if run is None:
        return row
    return {
        **row,
        "cycles": run.cycles,
        "macs_per_cycle": _rate(step.macs, run.cycles),
        "counters": dict(run.counters),
        "breakdown": breakdown(run.counters),
        "matches_golden": run.differs_at is None,
        "differs_at": run.differs_at,
        "measured_as": run.measured_as,
    }


def breakdown(counters: Mapping[str, int]) -> dict[str, float]:
    """Parts of the cores' cycles by cause, which add up to 1; empty without counters."""
    if not counters.get("cycles"):
        return {}
    parts = {name: counters[name] / counters["cycles"] for name in CAUSES if name != "other"}
    return parts | {"other": max(0.0, 1 - sum(parts.values()))}


def _rate(macs: int, cycles: int | None) -> float | None:
    return round(macs / cycles, 3) if macs and cycles else None
