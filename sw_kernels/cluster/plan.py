"""The best cut of a layer for a cluster.

Of all cuts that fit, the one with the least estimated time is taken. The estimate counts inner-loop cycles,
transfers where they are longer than what they hide behind, and a constant for each step; it ranks cuts and
predicts nothing.
"""

from common.errors import UserError
from hw.cluster.config import ClusterConfig
from sw_kernels.build import CLUSTER_STACK_SIZE
from sw_kernels.cluster.cut import Plan
from sw_kernels.layer import Layer

#: Bytes of L1 for the plan, the runtime's and the measurement's words, and alignment.
RESERVED = 2048


def plan(layer: Layer, config: ClusterConfig) -> Plan:
    """The best cut of a layer for a cluster.

    Raises ``UserError`` with the sizes when not even the smallest fits.
    """
    free = config.l1_bytes - config.cores * CLUSTER_STACK_SIZE - RESERVED
    plans = list(layer.kernel.operator.walk.plans(layer, config))
    fitting = [plan for plan in plans if sum(plan.buffers.values()) <= free]
    if not fitting:
        least = min(plans, key=lambda plan: sum(plan.buffers.values()))
        parts = ", ".join(f"{name} {size}" for name, size in least.buffers.items())
        raise UserError(
            f"{layer} does not fit into an L1 of {config.l1_bytes} bytes: its smallest tiles need "
            f"{sum(least.buffers.values())} bytes ({parts}), {config.cores} stacks need {CLUSTER_STACK_SIZE} "
            f"each and the runtime needs {RESERVED}; "
            "give a larger L1, fewer cores or a smaller layer"
        )
    return min(fitting, key=lambda plan: plan.cycles)
