"""The best cut of a layer for a cluster.

Of all cuts that fit, the one with the least estimated time is taken: inner-loop cycles, transfers where they
are longer than what they hide behind, and a constant for each step. The estimate only ranks the cuts of one
kernel; the cycles of the best one are then predicted with bank conflicts and all costs of the C walk.
Operands in L3 add to a cut's estimate what they add to its prediction.
"""

from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import chain

from common.errors import UserError
from hw.cluster.config import ClusterConfig
from sw_kernels.build import CLUSTER_STACK_SIZE
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.transfer import check_transfers
from sw_kernels.layer import Layer

#: Bytes of L1 for the plan, the runtime's and the measurement's words, and alignment.
RESERVED = 2048


def taken(config: ClusterConfig) -> int:
    """Bytes of L1 that no layer can have."""
    return config.cores * CLUSTER_STACK_SIZE + RESERVED


def plan(
    layer: Layer, config: ClusterConfig, l1_bytes: int | None = None, far: Set[str] = frozenset()
) -> Plan:
    """The best cut of a layer for a cluster, or for a smaller L1 than it has.

    ``far`` are the operands in L3, as in ``Supply``. Raises ``UserError`` with the sizes when not even the
    smallest cut fits, or the walk moves another layout.
    """
    walk = layer.kernel.walk
    if layer.kernel.activations is not walk.activations:
        raise UserError(
            f"{layer.kernel} has activations in the layout {layer.kernel.activations}, but on a cluster "
            f"layers have them in {walk.activations}; choose another kernel, or measure it on one core"
        )
    size = config.l1_bytes if l1_bytes is None else l1_bytes
    free = size - taken(config)
    smallest: list[Plan] = []
    for candidates in chain((walk.plans(layer, config),), walk.fallbacks(layer, config)):
        plans = list(candidates)
        if fitting := [plan for plan in plans if plan.l1_bytes <= free]:
            return _best(layer, config, fitting, far)
        smallest.append(min(plans, key=lambda plan: plan.l1_bytes))
    least = min(smallest, key=lambda plan: plan.l1_bytes)
    parts = ", ".join(f"{name} {size:,}" for name, size in least.buffers.items() if size)
    raise UserError(
        f"{layer} does not fit into an L1 of {size:,} bytes: its smallest tiles need "
        f"{least.l1_bytes:,} bytes ({parts}), but {free:,} are left by {config.cores} stacks of "
        f"{CLUSTER_STACK_SIZE:,} and the runtime's {RESERVED:,}; "
        "give a larger L1, fewer cores or a smaller layer"
    )


def _best(layer: Layer, config: ClusterConfig, plans: Sequence[Plan], far: Set[str]) -> Plan:
    """The cut with the least estimate, and the prediction of its cycles with all operands in L2."""
    walk, near = layer.kernel.walk, Supply(config=config)

    def predicted(plan: Plan, supply: Supply) -> float:
        return walk.cycles(layer, plan, config, supply)

    best = min(plans, key=lambda plan: plan.cycles)
    if far:
        slow = Supply(config=config, far=far)
        other = min(plans, key=lambda plan: plan.cycles + predicted(plan, slow) - predicted(plan, near))
        best = min(best, other, key=lambda plan: predicted(plan, slow))
    return replace(best, cycles=predicted(best, near))


def check_plan(layer: Layer, plan: Plan) -> None:
    """Raise ``AssertionError`` when a transfer of a plan leaves its buffer, or an output is not stored once.

    Walks that list no transfers are not checked.
    """
    walk = layer.kernel.walk
    if (transfers := walk.transfers(layer, plan)) is not None:
        sizes = {name: len(content) for name, content in walk.operands(layer, plan).items()}
        check_transfers(transfers, plan, sizes | {"output": layer.scratch["output"]})
