"""Programs that run one layer on the cluster, operands and results outside L1.

A simulator finds the results by symbol: ``result_cycles`` (a 32-bit word: from before the fork to after the
join, with all transfers), ``result_counters`` (for each core the counters before and after, in the order of
``hw.cluster.registers.COUNTER_NAMES``) and ``output``.
"""

from itertools import accumulate
from pathlib import Path

import jinja2
import numpy as np

from common.errors import UserError
from common.files import write_atomically
from hw.cluster.registers import COUNTER_NAMES
from hw.config import MEMORY_MAP, ClusterConfig
from sw_kernels.build import BUILD, compile_object, content_key, core_flags, link_cluster_program
from sw_kernels.cluster.plan import Plan, plan
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.header import FOLDER
from sw_kernels.layer import Layer

#: What of L2 is left to code, constants and alignment.
CODE_BYTES = 64 << 10

_MAIN = jinja2.Template(
    """\
#include "cluster.h"
#include "{{ kernel }}.h"

extern int8_t input[], weights[];
int8_t output[{{ output_bytes }}] __attribute__((section(".{{ memory }}_zero"), aligned(16)));
{% for name, size in l1.items() %}
static int8_t l1_{{ name }}[{{ size }}] IN_L1_ZERO;
{% endfor %}
volatile uint32_t result_cycles IN_L1_ZERO;
volatile uint32_t result_counters[{{ cores }}][2][{{ counters | length }}] IN_L1_ZERO;

{% for type, symbol in functions.values() %}
{{ type }} {{ symbol }};
{% endfor %}

{% if tiles %}
static const struct linear_tile tiles[] IN_L1 = {
{% for tile in tiles %}
    {{ '{' }}{{ tile | join(", ") }}{{ '}' }},
{% endfor %}
};

{% endif %}
static const struct {{ kernel }}_plan plan IN_L1 = {
    .layer = {
        .input = input,
        .weights = weights,
        .output = output,
{% for name, value in scalars.items() %}
        .{{ name }} = {{ value }},
{% endfor %}
    },
{% for name, (type, symbol) in functions.items() %}
    .{{ name }} = {{ symbol }},
{% endfor %}
{% for name, value in members.items() %}
    .{{ name }} = {{ value }},
{% endfor %}
};

static void read_counters(volatile uint32_t *to)
{
{% for name in counters %}
    to[{{ loop.index0 }}] = *CLUSTER_COUNT_{{ name | upper }};
{% endfor %}
}

static void run(void *argument)
{
    uint32_t me = core_id();
    (void)argument;
    read_counters(result_counters[me][0]);
    cluster_{{ kernel }}(&plan, {{ cores }});
    team_barrier();
    read_counters(result_counters[me][1]);
}

int main(void)
{
    uint32_t before = cycles();
    team_fork({{ cores }}, run, 0);
    result_cycles = cycles() - before;
    return 0;
}
""",
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


def tiled_weights(layer: Layer, cut: Plan) -> bytes:
    """Tile after tile, part after part: weights, indices, requantization records, zeros to the part's end."""
    sizes, content = cut.weights, layer.arrays
    rows = np.frombuffer(content["weights"], np.int8).reshape(layer.geometry.K, -1)
    weights = np.pad(rows, ((0, 0), (0, sizes.row - rows.shape[1])))
    parts = []
    for tile in cut.tiles:
        end = tile.first + tile.channels
        for first in range(tile.first, end, tile.part):
            last = min(first + tile.part, end)
            pairs = first // sizes.index_channels, -(-last // sizes.index_channels)
            part = b"".join(
                (
                    weights[first:last].tobytes(),
                    content["indices"][pairs[0] * sizes.index : pairs[1] * sizes.index],
                    content["requantization"][first * sizes.record : last * sizes.record],
                )
            )
            parts.append(part.ljust(tile.part_bytes, b"\0"))
    return b"".join(parts)


def _linear_tiles(cut: Plan) -> list[tuple[int, ...]]:
    """Members of each tile's C struct."""
    offsets = accumulate((tile.bytes for tile in cut.tiles), initial=0)
    return [
        (tile.first, tile.channels, tile.part, tile.part_bytes, offset, tile.bytes)
        for tile, offset in zip(cut.tiles, offsets, strict=False)
    ]


def _members(layer: Layer, cut: Plan) -> dict[str, int | str]:
    """Members of the plan's C struct."""

    def buffers(name: str, count: int, size: int) -> str:
        return f"{{l1_{name}, l1_{name} + {size if count > 1 else 0}}}"

    members: dict[str, int | str] = {
        "strips": cut.strips,
        "tiles": len(cut.tiles),
        "index_bytes": cut.weights.index,
        "input": buffers("input", cut.inputs, cut.input),
        "weights": buffers("weights", len(cut.tiles), cut.tile_bytes),
        "output": buffers("output", cut.outputs, cut.output),
    }
    if isinstance(layer.geometry, ConvGeometry):
        return members | {
            "strip_rows": cut.strip,
            "tile_k": cut.tiles[0].channels,
            "tile_bytes": cut.tiles[0].bytes,
            "record_bytes": cut.weights.record,
            "im2col": "l1_private",
            "im2col_bytes": cut.private,
        }
    return members | {
        "tile": "tiles",
        "strip_tokens": cut.strip,
        "index_shift": cut.weights.index_channels - 1,
        "by_tokens": int(cut.by_tokens),
        "copies": "l1_private" if cut.private else 0,
        "copy_bytes": cut.private,
    }


def _functions(layer: Layer) -> dict[str, tuple[str, str]]:
    """Pointers to the kernel's functions: member, C type, symbol."""
    if not isinstance(layer.geometry, ConvGeometry):
        return {"kernel": ("linear_kernel", layer.symbol)}
    return {
        part: (f"conv_{part}", layer.variant.symbol(layer.tier, layer.requantization.clip, part))
        for part in ("gather", "channels")
    }


def _data(arrays: dict[str, bytes], memory: str, folder: Path) -> str:
    """Assembly that places arrays in L2 or L3; each is a binary file in ``folder``."""
    lines = []
    for name, content in arrays.items():
        write_atomically(folder / f"{name}.bin", content)
        lines += [f'.section .{memory}.{name}, "aw"', ".balign 16", f".globl {name}", f"{name}:"]
        lines += [f'.incbin "{folder / f"{name}.bin"}"']
    return "\n".join(lines) + "\n"


def memory_of(layer: Layer) -> str:
    """Where a layer's operands and result lie: ``l2``, or ``l3`` when they are too large.

    Raises ``UserError`` when they are too large for both.
    """
    need = sum(map(len, layer.arrays.values())) + layer.scratch["output"]
    if need + CODE_BYTES <= MEMORY_MAP.l2.end - MEMORY_MAP.boot:
        return "l2"
    if need <= MEMORY_MAP.l3.size:
        return "l3"
    raise UserError(
        f"layer {layer.geometry} ({layer.variant}) has {need:,} bytes of operands and results; L3 has "
        f"{MEMORY_MAP.l3.size:,}; give a smaller layer"
    )


def build_cluster_program(layer: Layer, config: ClusterConfig) -> Path:
    """Build the benchmark program of a layer for a cluster.

    Returns an ELF file under build/. Raises ``UserError`` when the core lacks the instruction or the layer
    does not fit.
    """
    if layer.variant.needs_xdecimate and not config.core.has("xdecimate"):
        raise UserError(
            f"{layer.variant} needs cores with xdecimate; configuration {config.core.name} has none"
        )
    cut, memory, kernel = plan(layer, config), memory_of(layer), layer.variant.kernel
    arrays = {"input": layer.inputs.tobytes(), "weights": tiled_weights(layer, cut)}
    main = _MAIN.render(
        kernel=kernel,
        scalars=layer.scalars | {"row": cut.weights.row},
        memory=memory,
        cores=config.cores,
        counters=COUNTER_NAMES,
        output_bytes=layer.scratch["output"],
        l1={name: size for name, size in cut.buffers.items() if size},
        functions=_functions(layer),
        tiles=_linear_tiles(cut) if isinstance(layer.geometry, LinearGeometry) else (),
        members=_members(layer, cut),
    )
    folder = BUILD / "layers" / content_key(main, *arrays.values())
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "main.c", main)
    write_atomically(folder / "data.S", _data(arrays, memory, folder))
    flags = core_flags(config.core)
    defines = layer.variant.defines(layer.tier, layer.requantization.clip) | {"CLUSTER": "1"}
    objects = [
        compile_object(folder / "main.c", flags),
        compile_object(folder / "data.S", flags),
        compile_object(FOLDER / "cluster" / f"{kernel}.c", flags),
        compile_object(layer.variant.source, flags, defines),
    ]
    return link_cluster_program(layer.symbol, objects, config)
