"""Fully-connected layers on a cluster: strips of tokens, tiles of output channels (linear_plan.h)."""

from collections.abc import Iterator, Mapping
from itertools import accumulate, product

from hw.cluster.config import ClusterConfig
from hw.cluster.outer_memory import L3
from sw_kernels.cluster.cut import Plan, Tile, Weights, round_up, strip_sizes, tile_sizes, tiles_of
from sw_kernels.cluster.supply import LAYER_CYCLES, Supply
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.cluster.weighted_walk import WeightedWalk, sizes_of
from sw_kernels.kernel import Kernel
from sw_kernels.linear.layer import LinearLayer
from sw_kernels.linear.transfers import transfers
from sw_kernels.packing.activations import BANDED

#: Cycles of a barrier, of the transfers' set-up, and of entering and leaving the kernel.
STEP_CYCLES = 350
#: Bytes of struct linear_tile.
TILE_BYTES = 24


class LinearWalk(WeightedWalk[LinearLayer]):
    """The walks of ``cluster_linear``: the cores share a tile's channels, or the tokens."""

    def plans(self, layer: LinearLayer, config: ClusterConfig) -> Iterator[Plan]:
        for tokens in strip_sizes(layer.seen.T):
            for sizes in _sequences(layer.geometry.K, config.cores, growing=tokens == layer.seen.T):
                yield from _plans_of(layer, config, tokens, sizes)

    def fallbacks(self, layer: LinearLayer, config: ClusterConfig) -> Iterator[Iterator[Plan]]:
        """One buffer for tokens, for weights and for outputs."""
        channels, tokens = layer.geometry.K, strip_sizes(layer.seen.T)
        sizes = tile_sizes(channels, 2) if layer.packed else [*tile_sizes(channels, 2), 1]
        yield (_in_turn(layer, config, *choice) for choice in product(tokens, dict.fromkeys(sizes)))

    def name(self, layer: LinearLayer, plan: Plan) -> str:
        return super().name(layer, plan) + ("_in_turn" if plan.most_tiles == 1 else "")

    def cycles(self, layer: LinearLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        kernel = layer.kernel
        per_weight = kernel.weight_cycles(plan.cores, config.banks) / _at_once(kernel)[0]
        per_channel = sizes_of(plan).row * per_weight + kernel.cycles_per_output
        both = [_shares(kernel, plan.strip, tile.channels, plan.cores) for tile in plan.tiles]
        work = [own[not plan.by_tokens] * per_channel + STEP_CYCLES for own in both]
        transfers = [supply.cycles("weights", tile.bytes) for tile in plan.tiles]
        tokens = plan.strip * layer.geometry.C * kernel.activations.width
        copying = tokens / 2 if plan.private else 0
        arrival = supply.cycles("input", tokens)
        if plan.most_tiles == 1:
            leaving = supply.cycles("output", plan.strip * layer.geometry.K * kernel.activations.width)
            loads = sum(transfers) * (plan.strips if len(plan.tiles) > 1 else 1)
            return LAYER_CYCLES + loads + plan.strips * (arrival + sum(work) + leaving)
        return LAYER_CYCLES + _pipeline(transfers, work, arrival, copying, plan.strips)

    def transfers(self, layer: LinearLayer, plan: Plan) -> Iterator[Transfer]:
        return transfers(layer, plan)

    def functions(self, layer: LinearLayer) -> Mapping[str, tuple[str, str]]:
        return {"kernel": ("linear_kernel", layer.symbol)}

    def members(self, layer: LinearLayer, plan: Plan) -> dict[str, int | str]:
        return super().members(layer, plan) | {
            "tile": f"(void *){plan.symbol('tiles')}",
            "strip_tokens": plan.strip,
            "index_shift": sizes_of(plan).index_channels - 1,
            "by_tokens": int(plan.by_tokens),
            "copies": plan.symbol("private") if plan.private else 0,
            "copy_bytes": plan.private,
        }

    def tile_table(self, layer: LinearLayer, plan: Plan) -> list[str]:
        offsets = accumulate((tile.bytes for tile in plan.tiles), initial=0)
        return [
            f"{{{tile.first}, {tile.channels}, {tile.part}, {tile.part_bytes}, {offset}, {tile.bytes}}}"
            for tile, offset in zip(plan.tiles, offsets, strict=False)
        ]


class BandedLinearWalk(LinearWalk):
    """The same of tokens in four bands: four of them in the bytes of a word are one."""

    form = "banded_"
    activations = BANDED


def _sequences(channels: int, cores: int, *, growing: bool) -> Iterator[list[int]]:
    """Sizes of tiles, all but the last even: equal ones, and if wanted such that grow from a small one.

    A small first tile lets the cores begin sooner; while it is computed a larger one can be transferred. With
    several strips that gains little, and the cuts would be too many to look at.
    """
    step = 2 * cores
    equal = tile_sizes(channels, 2)
    for size in equal:
        yield _dealt(channels, 2, size, size, 1)
    for largest in dict.fromkeys(round_up(size, step) for size in equal) if growing else ():
        for first in range(step, min(largest, 5 * step), step):
            for growth in (1.5, 2):
                yield _dealt(channels, step, first, largest, growth)


def _dealt(channels: int, step: int, size: int, largest: int, growth: float) -> list[int]:
    """Channels dealt out to tiles in whole steps: one of this size, then larger ones up to the largest."""
    sizes = []
    while channels > 0:
        sizes.append(min(size, channels))
        channels -= size
        size = min(largest, round_up(round(size * growth), step))
    return sizes


def _plans_of(layer: LinearLayer, config: ClusterConfig, tokens: int, sizes: list[int]) -> Iterator[Plan]:
    geometry, weights, cores, width = (
        layer.seen,
        Weights.of(layer),
        config.cores,
        layer.kernel.activations.width,
    )
    strips, (together, step) = -(-geometry.T // tokens), _at_once(layer.kernel)

    both = [_shares(layer.kernel, tokens, size, cores) for size in sizes]
    by_tokens = sum(own for own, _ in both) < sum(own for _, own in both)
    tiles = []
    for first, size in zip(accumulate(sizes, initial=0), sizes, strict=False):
        part = size if by_tokens else step * -(-size // (step * cores))
        # As the copies, parts start two banks apart.
        apart = weights.tile(part) if by_tokens else round_up(weights.tile(part), 4 * config.banks) + 8
        tiles.append(Tile(first=first, channels=size, part=part, part_bytes=apart))
    size = round_up(tokens * geometry.C * width + layer.read_past, 16)
    per_channel = weights.row * layer.kernel.cycles_per_weight / together + 20
    # With tokens of their own the cores lose less to conflicts.
    own = round_up(size, 4 * config.banks) + 8
    shared = 1.15 if together == 1 else 1.06  # a loop with fewer loads meets others less
    for private, slowdown in ((0, shared), (own, 1.05))[: 1 if by_tokens or width > 1 else 2]:
        work = [own[not by_tokens] * per_channel * slowdown + STEP_CYCLES for own in both]
        # Weights that serve several tokens are read for each strip, perhaps from L3, and must keep up.
        interval = 1 if together == 1 else L3.interval
        transfers = [tile.bytes / config.bus_bytes * interval for tile in tiles]
        arrival = tokens * geometry.C * width / config.bus_bytes
        yield Plan(
            strip=tokens,
            strips=strips,
            tiles=tuple(tiles),
            weights=weights,
            by_tokens=by_tokens,
            input=size,
            output=round_up(tokens * max(sizes) * width, 16),
            private=private,
            tile_table=TILE_BYTES * len(tiles),
            inputs=min(strips, 2),
            outputs=min(strips * len(tiles), 2),
            cores=cores,
            cycles=_pipeline(transfers, work, arrival, tokens * geometry.C / 2 if private else 0, strips),
        )


def _in_turn(layer: LinearLayer, config: ClusterConfig, tokens: int, size: int) -> Plan:
    """A cut with one buffer of each kind, into tiles of this size, whose channels the cores share."""
    g, weights, width = layer.seen, Weights.of(layer), layer.kernel.activations.width
    _, step = _at_once(layer.kernel)
    part = min(size, step * -(-size // (step * config.cores)))
    apart = weights.tile(part)
    tiles = tiles_of(g.K, size, apart, part)
    strips = -(-g.T // tokens)
    moved = sum(tile.bytes for tile in tiles) * strips / config.bus_bytes
    work = sum(_shares(layer.kernel, tokens, tile.channels, config.cores)[1] for tile in tiles)
    return Plan(
        strip=tokens,
        strips=strips,
        tiles=tiles,
        weights=weights,
        input=round_up(tokens * g.C * width + layer.read_past, 16),
        output=round_up(tokens * size * width, 16),
        inputs=1,
        outputs=1,
        tile_table=TILE_BYTES * len(tiles),
        most_tiles=1,
        cores=config.cores,
        cycles=moved
        + strips * (work * weights.row * layer.kernel.cycles_per_weight + len(tiles) * STEP_CYCLES),
    )


def _at_once(kernel: Kernel) -> tuple[int, int]:
    """Tokens that the inner loop takes at once, and channels of which a core has a whole number."""
    return (kernel.positions // kernel.activations.width, max(2, kernel.loop.filters if kernel.loop else 2))


def _shares(kernel: Kernel, tokens: int, channels: int, cores: int) -> tuple[int, int]:
    """Channels times tokens of the busiest core: of shared tokens, of shared channels."""
    together, step = _at_once(kernel)

    def worth(count: int) -> int:
        """Tokens that take as long in the inner loop; fewer than it takes at once need a slower one."""
        slower = 2 if count < together and kernel.activations.width == 1 else 1
        return slower * round_up(count, together)

    chunk = -(-tokens // cores)
    last = (tokens - 1) % chunk + 1  # the share of the last core that has one
    return max(worth(chunk), worth(last)) * channels, worth(tokens) * step * -(-channels // (step * cores))


def _pipeline(
    transfers: list[float], work: list[float], arrival: float, copying: float, strips: int
) -> float:
    """Cycles of strips whose tiles are transferred while the ones before are computed.

    ``arrival`` and ``copying`` are those of a strip's tokens; those of further strips come in the meantime.
    """
    done = arrival + copying
    arrived = arrival
    for transfer, cycles in zip(transfers, work, strict=True):
        arrived += transfer
        begins = max(done, arrived)
        arrived = max(arrived, begins)  # the next transfer starts when this tile's work does
        done = begins + cycles
    alone = len(transfers) == 1
    steady = sum(
        max(0 if alone else transfer, cycles) for transfer, cycles in zip(transfers, work, strict=True)
    )
    return done + (strips - 1) * (steady + copying)
