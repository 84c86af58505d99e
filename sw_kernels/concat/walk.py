"""Concatenations on a cluster: strips of rows, by the DMA alone (concat_plan.h)."""

from collections.abc import Iterator, Mapping

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, round_up, strip_sizes
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.cluster.walk import ClusterWalk
from sw_kernels.concat.layer import ConcatLayer
from sw_kernels.concat.transfers import transfers

#: Cycles of the layer beside its transfers, of a transfer's set-up, and of a row beside its bytes.
START_CYCLES, TRANSFER_CYCLES, ROW_CYCLES = 700, 60, 0.5
#: Most rows of a transfer.
MAX_ROWS = 0xFFFF


class ConcatWalk(ClusterWalk[ConcatLayer]):
    """The walk of ``cluster_concat``."""

    def plans(self, layer: ConcatLayer, config: ClusterConfig) -> Iterator[Plan]:
        geometry = layer.geometry
        width = geometry.output_shape[1]
        row = sum(-(-length // config.bus_bytes) + ROW_CYCLES for length in geometry.lengths)
        for rows in strip_sizes(geometry.T):
            if rows > MAX_ROWS:
                continue
            strips = -(-geometry.T // rows)
            transfers = TRANSFER_CYCLES * (len(geometry.lengths) + 1) * strips
            yield Plan(
                strip=rows,
                strips=strips,
                input=0,
                output=round_up(rows * width, 16),
                inputs=1,
                outputs=1,
                cores=config.cores,
                cycles=START_CYCLES + transfers + geometry.T * (row + width / config.bus_bytes),
            )

    def transfers(self, layer: ConcatLayer, plan: Plan) -> Iterator[Transfer]:
        return transfers(layer, plan)

    def functions(self, layer: ConcatLayer) -> Mapping[str, tuple[str, str]]:
        return {}

    def members(self, layer: ConcatLayer, plan: Plan) -> dict[str, int | str]:
        return {"strip_rows": plan.strip, "buffer": plan.symbol("output")}
