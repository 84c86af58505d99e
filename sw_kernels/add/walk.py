"""Additions on a cluster (add_plan.h)."""

from sw_kernels.add.layer import AddLayer
from sw_kernels.cluster.flat_walk import FlatWalk


class AddWalk(FlatWalk[AddLayer]):
    """The walk of ``cluster_add``."""
