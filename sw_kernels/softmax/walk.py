"""Softmax layers on a cluster (softmax_plan.h)."""

from sw_kernels.cluster.flat_walk import FlatWalk
from sw_kernels.softmax.layer import SoftmaxLayer


class SoftmaxWalk(FlatWalk[SoftmaxLayer]):
    """The walk of ``cluster_softmax``."""
