"""Products of activations on a cluster: heads, tiles of rows of b, strips of rows of a (matmul_plan.h)."""

from collections.abc import Iterator, Mapping

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, round_up, tile_sizes, tiles_of
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.cluster.walk import ClusterWalk
from sw_kernels.matmul.layer import MatmulLayer
from sw_kernels.matmul.transfers import transfers

#: Cycles of a barrier, of the transfers' set-up, and of entering and leaving the kernel.
STEP_CYCLES = 350
#: Cycles of four columns of four rows beside the inner loop, and of the rows beside their columns.
PASS_CYCLES, FOUR_CYCLES = 170, 300
#: Cycles of four outputs of XDecmac's kernel beside the inner loop, with accumulators that begin at 0 or are
#: preloaded; of a row of a beside them, and of four columns of a strip beside their rows.
QUAD_CYCLES, PRELOADED_CYCLES, ROW_OF_A_CYCLES, COLUMNS_CYCLES = 12, 19, 60, 30
#: Most parts of a tile's columns.
MAX_PARTS = 4
#: Cycles of the DMA between rows of a transfer.
ROW_CYCLES = 1


class MatmulWalk(ClusterWalk[MatmulLayer]):
    """The walk of ``cluster_matmul``."""

    def plans(self, layer: MatmulLayer, config: ClusterConfig) -> Iterator[Plan]:
        for columns in tile_sizes(layer.geometry.N, 4):
            for rows in tile_sizes(layer.geometry.T, 4):
                yield _plan(layer, config, columns, rows)

    def cycles(self, layer: MatmulLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        return _plan(layer, config, plan.tiles[0].channels, plan.strip).cycles

    def transfers(self, layer: MatmulLayer, plan: Plan) -> Iterator[Transfer]:
        return transfers(layer, plan, _pitch(layer, plan.tiles[0].channels))

    def functions(self, layer: MatmulLayer) -> Mapping[str, tuple[str, str]]:
        steps = ("prepare", "rows")
        return {step: (f"matmul_{step}", layer.kernel.symbol(layer.arithmetic, step)) for step in steps}

    def members(self, layer: MatmulLayer, plan: Plan) -> dict[str, int | str]:
        return super().members(layer, plan) | {
            "strip_t": plan.strip,
            "parts": _parts(plan.tiles[0].channels),
            "tiles": len(plan.tiles) // layer.geometry.H,
            "tile_n": plan.tiles[0].channels,
            "pitch": _pitch(layer, plan.tiles[0].channels),
            "weights": plan.pair("weights", len(plan.tiles), plan.tile_bytes),
            "terms": f"(void *){plan.symbol('constants')}",
            "columns": f"{plan.symbol('constants')} + {_terms(plan.tiles[0].channels)}",
            "scratch": plan.symbol("private"),
            "scratch_bytes": plan.private,
        }


class MatmulQuadsWalk(MatmulWalk):
    """The same for XDecmac, whose kernels read words of four rows of b."""

    form = "quads_"


def _pitch(layer: MatmulLayer, columns: int) -> int:
    """Bytes from a row of b to the next in L1."""
    return round_up(columns, 4) if layer.geometry.KN else layer.spaced_bytes


def _parts(columns: int) -> int:
    """Parts of a tile's columns, which different cores may take: with many none waits long for the others."""
    return min(MAX_PARTS, -(-columns // 4))


def _terms(columns: int) -> int:
    """Bytes of the columns' terms."""
    return 4 * round_up(columns, 4)


def _unit_cycles(layer: MatmulLayer, columns: int, slowdown: float) -> float:
    """Cycles of four rows of a, or of one with XDecmac, times some columns."""
    loop, words = layer.kernel.loop, -(-layer.geometry.K // 4)
    assert loop is not None
    fours = -(-columns // 4)
    if not layer.kernel.quantizes:
        return fours * (words * loop.instructions * slowdown + PASS_CYCLES) + 8 * words + FOUR_CYCLES
    passes = -(-words // 2)
    outputs = PRELOADED_CYCLES if layer.product.zero_a else QUAD_CYCLES
    return fours * (passes * loop.instructions * slowdown + outputs) + ROW_OF_A_CYCLES


def _column_cycles(layer: MatmulLayer) -> float:
    """Cycles to make a column of b ready."""
    words, transposed = -(-layer.geometry.K // 4), 18 / 4
    if not layer.kernel.quantizes:
        return 2 * words + 20 + (words * transposed if layer.geometry.KN else 0)
    sums = 1.5 if layer.product.zero_a else 0
    return 20 + words * ((2 if layer.geometry.KN else transposed) + sums)


def _plan(layer: MatmulLayer, config: ClusterConfig, columns: int, rows: int) -> Plan:
    g, cores, bus = layer.geometry, config.cores, config.bus_bytes
    parts, in_words = _parts(columns), layer.kernel.quantizes
    strips, tiles = -(-g.T // rows), -(-g.N // columns)
    block = (g.K if g.KN else columns) * _pitch(layer, columns)
    of_unit = _unit_cycles(layer, columns, layer.kernel.slowdown(cores, config.banks))
    unit = 1 if in_words else 4
    prepare = -(-columns // (4 * cores)) * 4 * _column_cycles(layer) + STEP_CYCLES
    arrival, departure = rows * (g.K / bus + ROW_CYCLES), rows * (columns / bus + ROW_CYCLES)
    arrival_of_block = block / bus + (g.K if g.KN else columns) * ROW_CYCLES

    def strip_cycles(count: int) -> float:
        work = -(-(-(-count // unit) * parts) // cores) * of_unit / parts
        work += -(-columns // 4) * COLUMNS_CYCLES if in_words else 0
        return max(work, (arrival + departure) * count / rows) + STEP_CYCLES

    of_block = (strips - 1) * strip_cycles(rows) + strip_cycles(g.T - (strips - 1) * rows) + prepare
    steps = g.H * tiles * strips
    return Plan(
        strip=rows,
        strips=strips,
        tiles=tiles_of(g.N, columns, round_up(block + 3, 16)) * g.H,
        input=round_up(round_up(rows, 4) * layer.a_pitch + layer.overread, 16),
        output=round_up(round_up(rows, 4) * columns, 16),
        private=round_up(4 * rows if in_words else layer.scratch_bytes, 4 * config.banks) + 8,
        constants=_terms(columns) + (round_up(columns, 4) * layer.row_bytes if g.KN or in_words else 0),
        inputs=min(steps, 2),
        outputs=min(steps, 2),
        cores=cores,
        cycles=arrival + arrival_of_block + departure + g.H * tiles * max(of_block, arrival_of_block),
    )
