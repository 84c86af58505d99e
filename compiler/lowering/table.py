"""Functions of each element."""

from collections.abc import Sequence

import numpy as np

from compiler.graph import Table
from compiler.lowering.ways import ways
from compiler.network import Way
from sw_kernels.kernel import Kernel
from sw_kernels.registry import select
from sw_kernels.table.geometry import TableGeometry
from sw_kernels.table.kernels import TABLE
from sw_kernels.table.layer import TableLayer


def lowered_table(node: Table) -> Sequence[Way]:
    """One way for each kernel, in any layout of both tensors."""
    geometry = TableGeometry(N=node.output.size)
    entries = np.clip(node.entries, node.lo, node.hi)

    def layer(kernel: Kernel, inputs: np.ndarray) -> TableLayer:
        return TableLayer(
            geometry=geometry, kernel=kernel, inputs=node.inputs[0].stored(inputs), entries=entries
        )

    return ways(select(TABLE), layer)
