"""Convolutions of banded activations on a cluster: strips of rows of words, tiles of channels."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from common.errors import UserError
from hw.cluster.config import ClusterConfig
from reference.reorder import band_rows
from sw_kernels.build import in_step
from sw_kernels.cluster.cut import Plan, Weights, round_up, strip_sizes, tile_sizes, tiles_of
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.cluster.weighted_walk import WeightedWalk, sizes_of
from sw_kernels.conv.banded_cycles import predicted
from sw_kernels.conv.banded_plan import BandedPlan
from sw_kernels.conv.banded_transfers import transfers
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.packing.activations import BANDED
from sw_kernels.packing.layout import LANES


class BandedConvWalk(WeightedWalk[ConvLayer]):
    """The walk of ``cluster_conv_banded``: cores share the pixels of a strip, and a tile's channels."""

    form = plan_form = "banded_"
    activations = BANDED

    def plans(self, layer: ConvLayer, config: ClusterConfig) -> Iterator[Plan]:
        _check(layer.geometry)
        return _plans(layer, config, ((2, 2),))

    def fallbacks(self, layer: ConvLayer, config: ClusterConfig) -> Iterator[Iterator[Plan]]:
        """One buffer for weights, for the input, or for both."""
        yield _plans(layer, config, ((2, 1), (1, 2)))
        yield _plans(layer, config, ((1, 1),))

    def cycles(self, layer: ConvLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        return predicted(layer, _banded(plan), config, supply)

    def transfers(self, layer: ConvLayer, plan: Plan) -> Iterator[Transfer]:
        return transfers(layer, plan)

    def name(self, layer: ConvLayer, plan: Plan) -> str:
        grouped = layer.geometry.G > 1 and not layer.kernel.depthwise
        return super().name(layer, plan) + ("_grouped" if grouped else "")

    def functions(self, layer: ConvLayer) -> Mapping[str, tuple[str, str]]:
        steps = {"find_runs": ("conv_find_runs", "runs"), "quads": ("conv_quads", "quads")}
        kernel, arithmetic = layer.kernel, layer.arithmetic
        return {step: (kind, kernel.symbol(arithmetic, part)) for step, (kind, part) in steps.items()}

    def members(self, layer: ConvLayer, plan: Plan) -> dict[str, int | str]:
        g = layer.geometry
        return super().members(layer, plan) | {
            "strip_rows": plan.strip,
            "tile_k": plan.tiles[0].channels,
            "tile_bytes": plan.tiles[0].bytes,
            "record_bytes": sizes_of(plan).record,
            "parts": _banded(plan).parts,
            "part_k": _banded(plan).part,
            **_shares(layer, _banded(plan)),
            "height": g.IY,
            "step": band_rows(g.IY),
            "columns": g.IX,
            "left": g.PX,
            "top": g.PY,
            "runs": plan.symbol("private"),
            "runs_bytes": plan.private,
        }


class BandedDepthwiseWalk(BandedConvWalk):
    """The same with all channels of a pixel in their order: each reads its own of the input."""

    def plans(self, layer: ConvLayer, config: ClusterConfig) -> Iterator[Plan]:
        _check(layer.geometry)
        return _depthwise_plans(layer, config, 2)

    def fallbacks(self, layer: ConvLayer, config: ClusterConfig) -> Iterator[Iterator[Plan]]:
        """One buffer for the input."""
        yield _depthwise_plans(layer, config, 1)


def _shares(layer: ConvLayer, plan: BandedPlan) -> dict[str, int]:
    """Members about the pixels of a core, and how cores avoid each other."""
    if not plan.in_step:
        return {"turn_k": plan.turn, "chunk": plan.share}
    together = layer.kernel.positions // LANES
    return {"apart": together * (plan.cores // plan.parts), "chunk": together}


def _banded(plan: Plan) -> BandedPlan:
    assert isinstance(plan, BandedPlan)
    return plan


def _check(geometry: ConvGeometry) -> None:
    """Raise ``UserError`` unless the bands of the input begin where those of the output read."""
    g, step = geometry, band_rows(geometry.IY)
    if step != g.SY * g.band_rows:
        raise UserError(
            f"geometry {g}: bands of {step} rows, a quarter of IY={g.IY}, are not SY={g.SY} times those of "
            f"{g.band_rows} rows of the output, a quarter of OY={g.OY}, so that the layer cannot read banded "
            "activations; change the padding, or use a kernel of hwc activations"
        )


def _plans(layer: ConvLayer, config: ClusterConfig, buffers: tuple[tuple[int, int], ...]) -> Iterator[Plan]:
    """Cuts with at most these numbers of buffers of input and of weights."""
    near = Supply(config=config)
    parts = [count for count in range(1, config.cores + 1) if config.cores % count == 0]
    for rows, count in product(strip_sizes(layer.geometry.band_rows), parts):
        for tile, (inputs, most_tiles) in product(tile_sizes(layer.geometry.K, count), buffers):
            yield _predicted(layer, _plan(layer, config, rows, tile, count, inputs, most_tiles), config, near)


def _depthwise_plans(layer: ConvLayer, config: ClusterConfig, inputs: int) -> Iterator[Plan]:
    """Cuts into strips alone, with at most this number of buffers of input."""
    near = Supply(config=config)
    for rows in strip_sizes(layer.geometry.band_rows):
        plan = _plan(layer, config, rows, layer.geometry.K, 1, inputs, 2)
        yield _predicted(layer, replace(plan, turns=False), config, near)


def _predicted(layer: ConvLayer, plan: BandedPlan, config: ClusterConfig, near: Supply) -> Plan:
    """The cut with its predicted cycles, if it may fit."""
    fits = plan.l1_bytes <= config.l1_bytes
    return replace(plan, cycles=predicted(layer, plan, config, near)) if fits else plan


def _plan(
    layer: ConvLayer, config: ClusterConfig, rows: int, tile: int, parts: int, inputs: int, most_tiles: int
) -> BandedPlan:
    g, weights = layer.geometry, Weights.of(layer)
    band, strips, size = g.band, -(-g.band_rows // rows), weights.tile(tile)
    arriving = LANES * ((rows - 1) * g.SY + g.span_y) * band.IX * g.C
    tiles, at_once = -(-g.K // tile), layer.kernel.positions // LANES
    return BandedPlan(
        strip=rows,
        strips=strips,
        tiles=tiles_of(g.K, tile, size),
        weights=weights,
        by_tile=True,
        parts=parts,
        in_step=in_step(config),
        share=round_up(-(-rows * g.OX * parts // config.cores), at_once),
        input=round_up(arriving + layer.read_past, 16),
        output=round_up(LANES * rows * g.OX * tile, 16),
        # Neighbours start two banks apart.
        private=round_up(layer.buffers["im2col"], LANES * config.banks) + 8,
        inputs=min(strips, inputs),
        outputs=min(strips * tiles, 2),
        most_tiles=most_tiles,
        cores=config.cores,
        cycles=0.0,
    )
