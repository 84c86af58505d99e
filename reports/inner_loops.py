"""The table of docs/kernels.md: what is in the inner loops, from the kernels' records."""

from itertools import groupby

from common.markdown import table
from sw_kernels.kernel import Kernel, Loop
from sw_kernels.registry import KERNELS


def _kind(kernel: Kernel) -> tuple[str, str, Loop | None]:
    return kernel.operator.name, kernel.name, kernel.loop


def loops() -> str:
    """One row for each loop; several M may share one."""
    rows = []
    for (operator, name, loop), kernels in groupby(KERNELS, _kind):
        if loop:
            sizes = ", ".join(str(kernel.m) for kernel in kernels if kernel.m)
            counts = [str(count) for count in (loop.instructions, loop.accesses, loop.macs)]
            rows.append([f"{operator} `{name}`", f"{loop.filters} by {loop.positions}", sizes, *counts])
    columns = ("kernel", "filters by positions", "M", "instructions", "accesses to L1", "MACs")
    return table(columns, rows)


PARTS = {"loops": loops}
