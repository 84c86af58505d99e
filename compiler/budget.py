"""Bytes of memory that a network may take."""

from collections.abc import Collection
from dataclasses import dataclass

from common.errors import UserError
from compiler.place import rounded
from hw.cluster.config import ClusterConfig
from hw.config import MEMORY_MAP
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import taken
from sw_kernels.cluster.program import CODE_BYTES

#: Bytes of L2 beside a program's code.
L2_BYTES = MEMORY_MAP.l2.end - MEMORY_MAP.boot - CODE_BYTES
#: What plans may take beside them, a part of ``CODE_BYTES``; longer networks have less for weights.
_PLANS_BYTES = 16 << 10
#: Most bytes of a plan in C.
PLAN_BYTES = 192
#: Bytes of struct network_step.
STEP_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Memory of a network.

    Parameters
    ----------
    l1_bytes : int
        Bytes of L1, the stacks and the runtime's words among them.
    l2_bytes : int
        Bytes of L2 for activations and weights; the program is beside them.
    """

    l1_bytes: int
    l2_bytes: int = L2_BYTES

    def l2_room(self, plans: Collection[Plan]) -> int:
        """Bytes of L2 that activations and weights may take beside the plans of a network.

        Raises ``UserError`` when the plans alone are too long.
        """
        need = sum(PLAN_BYTES + STEP_BYTES + rounded(plan.tile_table) for plan in plans)
        room = L2_BYTES + _PLANS_BYTES - need
        if room < 0:
            raise UserError(
                f"the plans of {len(plans):,} layers take {need:,} bytes, but L2 has room for "
                f"{need + room:,}; divide the network"
            )
        return min(self.l2_bytes, room)

    @staticmethod
    def of(cluster: ClusterConfig, l1_bytes: int | None = None, l2_bytes: int | None = None) -> "Budget":
        """The budget for a cluster, by default all that it has.

        Raises ``UserError`` when it is more than that, or L1's holds no buffer.
        """
        l1 = cluster.l1_bytes if l1_bytes is None else l1_bytes
        l2 = L2_BYTES if l2_bytes is None else l2_bytes
        least = taken(cluster) + 1
        if not least <= l1 <= cluster.l1_bytes:
            raise UserError(
                f"l1 must be {least:,} to {cluster.l1_bytes:,} bytes, not {l1:,}: the stacks and the runtime "
                f"take {least - 1:,}, and cluster {cluster.name} has {cluster.l1_bytes:,}; choose a "
                "cluster with a larger L1, such as standard,l1_bytes=262144, if that is too little"
            )
        if not 0 <= l2 <= L2_BYTES:
            raise UserError(
                f"l2 must be 0 to {L2_BYTES:,} bytes, not {l2:,}: L2 has no more for activations and weights"
            )
        return Budget(l1_bytes=l1, l2_bytes=l2)
