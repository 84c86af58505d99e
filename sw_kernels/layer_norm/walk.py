"""Layer normalizations on a cluster (layer_norm_plan.h)."""

from sw_kernels.cluster.flat_walk import FlatWalk
from sw_kernels.layer_norm.layer import LayerNormLayer


class LayerNormWalk(FlatWalk[LayerNormLayer]):
    """The walk of ``cluster_layer_norm``."""

    #: All read the channels' records from first to last, and follow each other.
    own_constants = False
