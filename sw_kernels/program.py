"""Benchmark programs: one layer, its kernel, and a main that runs it between two readings of the counters.

A simulator finds the results by symbol: ``result_cycles`` and ``result_instructions`` (32-bit words) and
``output`` (int8, the geometry's output shape). The program ends with a pass in any case; whether the output
is right is for the one who reads it to say.
"""

from pathlib import Path

import jinja2

from common.errors import UserError
from hw.config import MEMORY_MAP, CoreConfig
from sw_kernels.build import compile_object, core_flags, link_program, written_layer
from sw_kernels.header import STACK_SIZE
from sw_kernels.layer import Layer

#: Bytes of L1 for the stack, the layer's struct, and alignment between arrays.
RESERVED = STACK_SIZE + 256

_MAIN = jinja2.Template(
    """\
#include "{{ operator }}_layer.h"
#include "runtime.h"

{% for name in layer.arrays %}
extern const uint32_t {{ name }}[];
{% endfor %}
{% for name, size in layer.scratch.items() %}
IN_L1_ZERO int8_t {{ name }}[{{ size }}];
{% endfor %}
volatile uint32_t result_cycles, result_instructions;

{{ operator }}_kernel {{ layer.symbol }};

static const struct {{ operator }}_layer layer IN_L1 = {
{% for name in layer.arrays %}
    .{{ name }} = (const void *){{ name }},
{% endfor %}
    .output = output,
{% for name, value in layer.scalars.items() %}
    .{{ name }} = {{ value }},
{% endfor %}
};

int main(void)
{
    uint32_t instructions_before = instructions(), cycles_before = cycles();
    {{ layer.symbol }}(&layer{% for argument in layer.arguments %}, {{ argument }}{% endfor %});
    uint32_t cycles_after = cycles(), instructions_after = instructions();
    result_cycles = cycles_after - cycles_before;
    result_instructions = instructions_after - instructions_before;
    return 0;
}
""",
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


def _data(layer: Layer) -> str:
    """Assembly that places the layer's arrays in L1; each is a binary file beside it."""
    lines = []
    for name, content in layer.arrays.items():
        lines += [f'.section .l1.{name}, "aw"', ".balign 16", f".globl {name}", f"{name}:"]
        lines += [f'.incbin "{name}.bin"'] * bool(content)
    return "\n".join(lines) + "\n"


def check_fits(layer: Layer, l1_size: int) -> None:
    """Raise ``UserError`` with the sizes when a layer's operands do not fit L1."""
    need = layer.size + RESERVED
    limit = MEMORY_MAP.peripherals.base - MEMORY_MAP.l1.base
    if l1_size > limit:
        raise UserError(f"an L1 of {l1_size} bytes would overlap the peripherals; give at most {limit}")
    if need > l1_size:
        parts = {name: len(content) for name, content in layer.arrays.items()} | layer.scratch
        raise UserError(
            f"{layer} needs {need} bytes of L1 ("
            + ", ".join(f"{name} {size}" for name, size in parts.items())
            + f", stack and alignment {RESERVED}), but there are {l1_size}; "
            "give a larger L1 or a smaller layer"
        )


def build_program(layer: Layer, config: CoreConfig, l1_size: int = MEMORY_MAP.l1.size) -> Path:
    """Build the benchmark program of a layer for a configuration of the core.

    Parameters
    ----------
    layer : Layer
        What to compute.
    config : CoreConfig
        A core without the CORE-V extensions runs C models of their instructions.
    l1_size : int
        Bytes of L1 that the simulated core will have.

    Returns
    -------
    Path
        An ELF file in the cache.

    Raises
    ------
    UserError
        When the configuration lacks the instruction, or the layer does not fit L1.
    """
    kernel = layer.kernel
    kernel.check_core(config)
    check_fits(layer, l1_size)
    flags = core_flags(config)
    main = _MAIN.render(layer=layer, operator=kernel.operator)
    folder = written_layer(main, _data(layer), layer.arrays)
    objects = [
        compile_object(folder / "main.c", flags, includes=(kernel.operator.folder,)),
        compile_object(folder / "data.S", flags),
        compile_object(
            kernel.source,
            core_flags(kernel.compiled_for(config)),
            kernel.defines(layer.arithmetic),
            includes=(kernel.operator.folder,),
        ),
    ]
    return link_program(layer.symbol, objects, config, l1_size)
