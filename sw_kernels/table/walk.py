"""Table layers on a cluster (table_plan.h)."""

from sw_kernels.cluster.flat_walk import FlatWalk
from sw_kernels.table.layer import TableLayer


class TableWalk(FlatWalk[TableLayer]):
    """The walk of ``cluster_table``."""
