"""Programs that run one layer on the cluster, operands and results outside L1.

A simulator finds the results by symbol: ``result_cycles`` (a 32-bit word: from before the fork to after the
join, with all transfers), ``result_counters`` (for each core the counters before and after, in the order of
``hw.cluster.registers.COUNTER_NAMES``) and ``output``.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import jinja2

from common.errors import UserError
from hw.cluster.config import ClusterConfig
from hw.cluster.registers import COUNTER_NAMES
from hw.config import MEMORY_MAP
from sw_kernels.build import cluster_flags, compile_object, link_cluster_program, written_layer
from sw_kernels.cluster.initializer import initializer
from sw_kernels.cluster.plan import plan
from sw_kernels.layer import Layer

#: What of L2 is left to code, constants and alignment.
CODE_BYTES = 64 << 10

_MAIN = jinja2.Template(
    """\
#include "cluster.h"
#include "{{ header }}.h"

{% for name in operands %}
extern int8_t {{ name }}[];
{% endfor %}
int8_t output[{{ output_bytes }}] __attribute__((section(".{{ memory }}_zero"), aligned(16)));
{% for name, size in l1.items() %}
static int8_t {{ cut.symbol(name) }}[{{ size }}] IN_L1_ZERO;
{% endfor %}
volatile uint32_t result_cycles IN_L1_ZERO;
volatile uint32_t result_counters[{{ cores }}][2][{{ counters | length }}] IN_L1_ZERO;

{{ plan }}
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
    cluster_{{ walk }}(&plan, {{ cut.cores }});
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


def _data(arrays: Mapping[str, bytes], memory: str) -> str:
    """Assembly that places arrays in L2 or L3; each is a binary file beside it."""
    lines = []
    for name in arrays:
        lines += [f'.section .{memory}.{name}, "aw"', ".balign 16", f".globl {name}", f"{name}:"]
        lines += [f'.incbin "{name}.bin"']
    return "\n".join(lines) + "\n"


def memory_of(layer: Layer) -> str:
    """Memory of a layer's operands and result: ``l2``, or ``l3`` if they are too large for it.

    Raises ``UserError`` when they are too large for both.
    """
    need = sum(map(len, layer.arrays.values())) + layer.scratch["output"]
    if need + CODE_BYTES <= MEMORY_MAP.l2.end - MEMORY_MAP.boot:
        return "l2"
    if need <= MEMORY_MAP.l3.size:
        return "l3"
    raise UserError(
        f"{layer} has {need:,} bytes of operands and results, but L3 has only {MEMORY_MAP.l3.size:,}; "
        "give a smaller layer"
    )


def build_cluster_program(layer: Layer, config: ClusterConfig) -> Path:
    """Build the benchmark program of a layer for a cluster.

    Returns an ELF file in the cache. Raises ``UserError`` when the core lacks the instruction or the layer
    does not fit.
    """
    kernel, walk = layer.kernel, layer.kernel.walk
    operator = kernel.operator
    kernel.check_core(config.core)
    cut, memory = plan(layer, config), memory_of(layer)
    arrays = walk.operands(layer, cut)
    main = _MAIN.render(
        header=kernel.plan,
        walk=walk.name(layer, cut),
        operands=list(arrays),
        memory=memory,
        cut=cut,
        cores=config.cores,
        counters=COUNTER_NAMES,
        output_bytes=layer.scratch["output"],
        l1={name: size for name, size in cut.buffers.items() if size and name != "tiles"},
        plan=initializer(layer, cut, "plan", {name: name for name in (*arrays, "output")}, "IN_L1"),
    )
    folder = written_layer(main, _data(arrays, memory), arrays)
    flags = cluster_flags(config)
    kernel_flags = cluster_flags(replace(config, core=kernel.compiled_for(config.core)))
    defines = kernel.defines(layer.arithmetic) | {"CLUSTER": "1"}
    objects = [
        compile_object(folder / "main.c", flags, includes=(operator.folder,)),
        compile_object(folder / "data.S", flags),
        *(compile_object(source, flags) for source in kernel.walk_sources),
        compile_object(kernel.source, kernel_flags, defines, includes=(operator.folder,)),
    ]
    return link_cluster_program(layer.symbol, objects, config)
