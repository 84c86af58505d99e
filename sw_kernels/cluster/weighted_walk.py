"""Walks of the operators with weights: tiles of output channels, each one DMA transfer."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from sw_kernels.cluster.cut import Plan, Weights
from sw_kernels.cluster.walk import ClusterWalk
from sw_kernels.weighted import WeightedLayer

AnyWeighted = TypeVar("AnyWeighted", bound=WeightedLayer)


def sizes_of(plan: Plan) -> Weights:
    """The bytes of weights in a plan that has some."""
    assert plan.weights is not None
    return plan.weights


def tiled_weights(layer: WeightedLayer, plan: Plan) -> bytes:
    """Tile after tile, part after part: weights, indices, requantization records, zeros to the part's end."""
    sizes, content = sizes_of(plan), layer.constants
    indices = b"" if layer.packed is None else layer.packed.indices.tobytes()
    weights = np.pad(layer.rows, ((0, 0), (0, sizes.row - layer.rows.shape[1])))
    parts = []
    for tile in plan.tiles:
        for first, last in tile.parts():
            rows = first // sizes.index_channels, -(-last // sizes.index_channels)
            part = (
                weights[first:last].tobytes()
                + indices[rows[0] * sizes.index : rows[1] * sizes.index]
                + content["requantization"][first * sizes.record : last * sizes.record]
            )
            parts.append(part.ljust(tile.part_bytes, b"\0"))
    return b"".join(parts)


class WeightedWalk(ClusterWalk[AnyWeighted]):
    """The part of a walk that the operators with weights share."""

    def operands(self, layer: AnyWeighted, plan: Plan) -> Mapping[str, bytes]:
        return {**super().operands(layer, plan), "weights": tiled_weights(layer, plan)}

    def scalars(self, layer: AnyWeighted, plan: Plan) -> Mapping[str, int]:
        return {**layer.scalars, "row": sizes_of(plan).row}

    def members(self, layer: AnyWeighted, plan: Plan) -> dict[str, int | str]:
        return super().members(layer, plan) | {
            "tiles": len(plan.tiles),
            "index_bytes": sizes_of(plan).index,
            "weights": plan.pair("weights", plan.tile_buffers, plan.tile_bytes),
        }
