"""Tables of average speed-ups for the documents, of one or several machines beside the paper's."""

from collections.abc import Mapping

from bench import paper
from bench.cluster_rows import ClusterRow
from bench.rows import Row, average_speedup
from common.markdown import table
from common.results import load
from sw_kernels.conv.kernels import CONV
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.registry import select

#: Titles, operators and the dense kernel that they are compared with.
_TABLES = (
    ("Conv K=256, 8x8, 3x3, over dense 4x2", CONV, "4x2"),
    ("Conv K=256, 8x8, 3x3, over dense 1x2", CONV, "1x2"),
    ("FC K=256, over dense", LINEAR, "1x2"),
)


def recorded(name: str) -> list[Row]:
    """The rows of a bench's report in results."""
    kind = ClusterRow if name.startswith("cluster_") else Row
    return [kind(**row) for row in load(name)["rows"]]


def speedups(machines: Mapping[str, str]) -> str:
    """Means over C of the paper's layers.

    Parameters
    ----------
    machines : mapping of str to str
        What a machine is called, to how the names of its reports begin.
    """
    tables = []
    for title, operator, baseline in _TABLES:
        cells = []
        for name in ("sparse_software", "sparse_xdecimate"):
            kernels = select(operator, name)
            for machine, prefix in machines.items():
                rows = recorded(f"{prefix}{operator}")
                means = [average_speedup(rows, kernel, baseline) for kernel in kernels]
                cells.append([f"{name}, {machine}", *(f"{mean:.2f}" for mean in means)])
            published = [paper.average(kernel, baseline) for kernel in kernels]
            cells.append([f"{name}, paper", *(f"{value:.2f}" if value else "" for value in published)])
        tables.append("\n" + table((title, "1:4", "1:8", "1:16"), cells))
    return "".join(tables)


def summary() -> str:
    """README's table: eight cores over the fastest dense kernel, the paper's average in brackets."""
    cells = []
    for title, operator, baseline in (("Convolution", CONV, "4x2"), ("Fully connected", LINEAR, "1x2")):
        rows = recorded(f"cluster_{operator}")
        for name in ("sparse_software", "sparse_xdecimate"):
            row = [f"{title}, `{name}`"]
            for kernel in select(operator, name):
                published = paper.average(kernel, baseline)
                mean = f"{average_speedup(rows, kernel, baseline):.2f}"
                row.append(f"{mean} ({published:.2f})" if published else mean)
            cells.append(row)
    return table(("8 cores, over the fastest dense kernel", "1:4", "1:8", "1:16"), cells)
