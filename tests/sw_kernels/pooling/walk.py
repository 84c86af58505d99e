"""Max-poolings on a cluster: strips of output rows, a row for each core in turn."""

from collections.abc import Iterator, Mapping

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, round_up, strip_sizes
from sw_kernels.cluster.walk import ClusterWalk
from tests.sw_kernels.pooling.layer import PoolingLayer


class PoolingWalk(ClusterWalk[PoolingLayer]):
    """The walk of ``cluster_pooling``."""

    def plans(self, layer: PoolingLayer, config: ClusterConfig) -> Iterator[Plan]:
        g = layer.geometry
        for rows in strip_sizes(g.OY):
            strips = -(-g.OY // rows)
            inputs = ((rows - 1) * g.SY + g.FY) * g.IX * g.C
            outputs = rows * g.OX * g.C
            work = -(-rows // config.cores) * g.OX * g.C * g.FX * g.FY * 5
            yield Plan(
                strip=rows,
                strips=strips,
                input=round_up(inputs, 16),
                output=round_up(outputs, 16),
                inputs=1,
                outputs=1,
                cores=config.cores,
                cycles=strips * ((inputs + outputs) / config.bus_bytes + work),
            )

    def functions(self, layer: PoolingLayer) -> Mapping[str, tuple[str, str]]:
        return {"kernel": ("pooling_kernel", layer.symbol)}

    def members(self, layer: PoolingLayer, plan: Plan) -> dict[str, int | str]:
        return super().members(layer, plan) | {"strip_rows": plan.strip}
