"""Tables of results in README.md and docs, made from what the commands measured.

Commands write their figures with ``--json`` into results. ``python -m reports`` puts them into the documents,
each table between a marker ``<!-- name -->`` and ``<!-- /name -->``, and writes docs/isa.md.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import paper
from bench.rows import average_speedup
from common.files import write_atomically
from hw.cluster.registers import DMA, EVENT_UNIT
from reports import (
    accuracy,
    cluster,
    compressed,
    cv32e40p,
    explore,
    fuzz,
    inner_loops,
    integration,
    isa,
    mutation,
    networks,
    ports,
    prediction,
    proofs,
    scaling,
    soc,
    suites,
    synthesis,
    xdecmac,
    xdecmac_kernels,
)
from reports.scenes import registry as scenes
from reports.speedups import recorded, speedups, summary
from sw_kernels.conv.kernels import CONV
from sw_kernels.registry import kernel_named

ROOT = Path(__file__).parents[1]

#: Machines of the tables of docs/results.md, and how the names of their reports begin.
MACHINES = {"1 core": "", "8 cores": "cluster_"}


def headline() -> str:
    """Gain of XDecimate on the paper's convolutions and its cost, in one sentence of README."""
    area = synthesis.load("area")
    kernel = kernel_named(CONV, "sparse_xdecimate", 16)
    gain = average_speedup(recorded("cluster_conv"), kernel, "4x2")
    return (
        f"**{gain:.2f} times** the speed of the fastest dense kernel at 1:16 sparsity, on eight cores with "
        f"every transfer included, and a core that is only **{area['overhead_percent']:.2f} %** larger.\n"
    )


def results() -> str:
    """The text between the markers of docs/results.md."""
    area = synthesis.load("area")
    reports = [prefix + operator.name for prefix in MACHINES.values() for operator in paper.GEOMETRIES]
    matching = [row.matches_golden for name in reports for row in recorded(name)]
    lines = [
        f"{sum(matching)} of {len(matching)} outputs equal NumPy's in every byte.",
        speedups(MACHINES),
        f"Area ({area['target']}): {area['baseline_ge']:,.0f} GE without XDecimate, "
        f"{area['extended_ge']:,.0f} GE with it: {area['overhead_ge']:,.0f} GE "
        f"or {area['overhead_percent']:.2f} %, the hierarchy kept ([area.md](area.md)).",
        "",
    ]
    return "\n".join(lines)


#: Documents, and what makes the text between their markers.
DOCUMENTS: dict[Path, dict[str, Callable[[], str]]] = {
    ROOT / "README.md": {
        "headline": headline,
        "summary": summary,
        "network summary": networks.summary,
        "xdecmac summary": xdecmac_kernels.summary,
    },
    ROOT / "examples" / "soc" / "README.md": soc.PARTS,
    ROOT / "docs" / "results.md": {"results": results},
    ROOT / "docs" / "area.md": synthesis.PARTS,
    ROOT / "docs" / "cluster.md": cluster.PARTS
    | xdecmac_kernels.CLUSTER
    | {"area": synthesis.cluster, "cluster ports": partial(ports.ports, "cluster ports")},
    ROOT / "docs" / "core.md": {"core ports": partial(ports.ports, "core ports"), "absent": cv32e40p.render},
    ROOT / "docs" / "fetch.md": {"fetch ports": partial(ports.ports, "fetch ports")},
    ROOT / "docs" / "lsu.md": {"lsu ports": partial(ports.ports, "lsu ports")},
    ROOT / "docs" / "interconnect.md": {"interconnect ports": partial(ports.ports, "interconnect ports")},
    ROOT / "docs" / "event_unit.md": {
        "event unit registers": partial(ports.registers, EVENT_UNIT),
        "event unit ports": partial(ports.ports, "event unit ports"),
    },
    ROOT / "docs" / "dma.md": {
        "dma registers": partial(ports.registers, DMA),
        "dma ports": partial(ports.ports, "dma ports"),
    },
    ROOT / "docs" / "integration.md": integration.PARTS,
    ROOT / "docs" / "unit.md": {"unit ports": partial(ports.ports, "unit ports")},
    ROOT / "docs" / "compiler.md": networks.PARTS | prediction.PARTS,
    ROOT / "docs" / "designs.md": explore.PARTS,
    ROOT / "docs" / "kernels.md": inner_loops.PARTS
    | prediction.LAYERS
    | xdecmac_kernels.PARTS
    | compressed.PARTS,
    ROOT / "docs" / "riscv_suites.md": suites.PARTS,
    ROOT / "docs" / "scaling.md": scaling.PARTS,
    ROOT / "docs" / "training.md": accuracy.PARTS,
    accuracy.MODELS / "README.md": accuracy.CARDS,
    ROOT / "docs" / "xdecmac.md": xdecmac.PARTS | {"xdecmac ports": partial(ports.ports, "xdecmac ports")},
    ROOT / "docs" / "verification.md": fuzz.PARTS | proofs.PARTS | mutation.PARTS,
}


def updated(path: Path) -> str:
    """A document with the results of today's files."""
    text = path.read_text()
    for name, make in DOCUMENTS[path].items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        text = f"{head}{begin}{make()}{end}{tail}"
    return text


def write_all() -> None:
    """Bring all documents up to date."""
    for path in DOCUMENTS:
        write_atomically(path, updated(path))
    write_atomically(ROOT / isa.DOCUMENT, isa.render())
    scenes.write_all()
    accuracy.write_curves()
