"""Products on a cluster (mul_plan.h)."""

from sw_kernels.cluster.flat_walk import FlatWalk
from sw_kernels.mul.layer import MulLayer


class MulWalk(FlatWalk[MulLayer]):
    """The walk of ``cluster_mul``."""
