"""Tables of docs/cluster.md, made from what ``xdecimate bench --cores --json`` measured."""

from collections.abc import Callable

from bench.cluster import CAUSES
from common.markdown import table
from common.results import load
from hw.cluster.registers import COUNTERS, DMA, EVENT_UNIT
from hw.config import MEMORY_MAP
from reports.speedups import speedups


def _map() -> str:
    """The address map, with the sizes of memories."""
    rows = [
        (MEMORY_MAP.l1.base, "L1, shared, one cycle", f"{MEMORY_MAP.l1.size >> 10} kB"),
        (EVENT_UNIT, "event unit: events, barriers", ""),
        (DMA, "DMA", ""),
        (COUNTERS, "counters of the reading core", ""),
        (MEMORY_MAP.peripherals.base, "simulation's text output", ""),
        (
            MEMORY_MAP.l2.base,
            f"L2: programs from {_address(MEMORY_MAP.boot)}, operands",
            f"{MEMORY_MAP.l2.size >> 10} kB",
        ),
        (MEMORY_MAP.l3.base, "L3", f"{MEMORY_MAP.l3.size >> 20} MB"),
    ]
    return table(("address", "what", "size"), [(_address(base), *row) for base, *row in rows])


def _address(number: int) -> str:
    return f"0x{number:_X}"


def _name(row: dict) -> str:
    return f"{row['kernel']} 1:{row['m']}" if row["m"] else row["kernel"]


def _rows(kernel: str) -> str:
    shares = [cause for cause in CAUSES if cause not in ("memory", "event")]
    cells = []
    for row in load(f"cluster_{kernel}")["rows"]:
        assert row["matches_golden"]
        cells.append(
            (
                row["geometry"].partition(",")[0],
                _name(row),
                f"{row['cycles']:,}",
                f"{row['dense_macs_per_cycle']:.2f}",
                f"{row['speedup_vs_dense_4x2']:.2f}",
                f"{row['speedup_vs_dense_1x2']:.2f}",
                f"{row['port_use']:.0%}",
                *(f"{row['breakdown'][cause]:.1%}" for cause in shares),
            )
        )
    columns = ("", "kernel", "cycles", "MACs/cycle", "vs 4x2", "vs 1x2", "port", *shares)
    return f"\n{table(columns, cells)}\n"


def _scaling(name: str) -> str:
    """Speed-up and efficiency by number of cores, and the conflicts of the largest cluster."""
    rows = load(f"cluster_{name}")["rows"]
    counts = sorted({row["cores"] for row in rows})
    cells = []
    for name in dict.fromkeys(map(_name, rows)):
        own = {row["cores"]: row for row in rows if _name(row) == name}
        cells.append(
            [name, f"{own[counts[0]]['cycles']:,}"]
            + [f"{own[n]['efficiency'] * n / counts[0]:.2f} ({own[n]['efficiency']:.0%})" for n in counts[1:]]
            + [f"{own[counts[-1]]['breakdown']['conflicts']:.1%}"]
        )
    title = f"{rows[0]['config']['banks']} banks"
    columns = (
        title,
        f"cycles on {counts[0]}",
        *(f"{n} cores" for n in counts[1:]),
        f"conflicts on {counts[-1]}",
    )
    return f"\n{table(columns, cells)}\n"


#: What makes the text between the markers of docs/cluster.md.
PARTS: dict[str, Callable[[], str]] = {
    "map": _map,
    "averages": lambda: speedups({"8 cores": "cluster_"}),
    "conv": lambda: _rows("conv"),
    "linear": lambda: _rows("linear"),
    "scaling": lambda: _scaling("scaling"),
    "banks": lambda: _scaling("banks"),
}
