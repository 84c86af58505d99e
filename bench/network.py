"""Networks on the simulated cluster: every layer's output against the golden models, and its cycles."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import numpy as np

from bench.measure import MAX_CYCLES
from compiler.network import Network, Step
from compiler.place import rounded
from compiler.program import NETWORK, link_network
from hw.cluster.config import MAX_CORES
from hw.cluster.registers import COUNTER_NAMES
from hw.config import Region
from sim.elf import load_elf
from sim.rtl.cluster import ClusterJob, cluster_memories, cluster_model
from sim.rtl.errors import SimulationError
from sim.rtl.run import run_on_model
from sw_kernels.build import compile_object, core_flags, written_layer

_MAIN = jinja2.Template(
    """\
#include "network.h"

extern const struct network {{ name }};
extern int8_t network_test_input[], network_test_outputs[];
struct layer_profile network_test_profile[{{ steps }}] __attribute__((section(".l2_zero")));
volatile uint32_t network_test_cycles IN_L1_ZERO;

int main(void)
{
    const struct network *network = &{{ name }};
    int8_t *to = network_test_outputs;
    network_copy(network, network->input, network_test_input, network->input_bytes);
    for (uint32_t i = 0; i < network->steps; i++) {
        uint32_t before = cycles();
        network_steps(network, i, i + 1, network_test_profile);
        network_test_cycles += cycles() - before;
        network_copy(network, to, network->step[i].output, network->step[i].output_bytes);
        to += (network->step[i].output_bytes + 15) & ~15u;
    }
    return 0;
}
""",
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


_DATA = jinja2.Template(
    """\
    .section .l3.network_test_input, "aw"
    .balign 16
    .globl network_test_input
network_test_input:
    .incbin "network_test_input.bin"

    .section .l3_zero, "aw", @nobits
    .balign 16
    .globl network_test_outputs
network_test_outputs:
    .space {{ outputs }}
""",
    undefined=jinja2.StrictUndefined,
)


@dataclass(frozen=True, kw_only=True)
class LayerResult:
    """One layer of a network on the cluster.

    Parameters
    ----------
    step : Step
    cycles : int
        Of the slowest core, with the transfer of the plan and all others.
    counters : dict of str to int
        Sums over the cores, by cause.
    output : ndarray, int8
    differs_at : int or None
        First byte that is not the golden model's.
    """

    step: Step
    cycles: int
    counters: dict[str, int]
    output: np.ndarray
    differs_at: int | None


@dataclass(frozen=True, kw_only=True)
class Inference:
    """One input through a network on the RTL of a cluster.

    Parameters
    ----------
    output : ndarray, int8
        The values that the RTL computed, in the shape of the model's output.
    cycles : int
        Clock cycles of all layers, with every transfer between L1 and L2 or L3.
    layers : tuple of LayerResult
        Cycles, counters by cause and output of each layer.
    """

    output: np.ndarray
    cycles: int
    layers: tuple[LayerResult, ...] = field(repr=False)

    @property
    def matches_golden(self) -> bool:
        """True if every byte of every layer is the golden model's."""
        return all(layer.differs_at is None for layer in self.layers)


def run_network(network: Network, inputs: np.ndarray) -> Inference:
    """Run a network on the RTL, layer after layer, on one input.

    Each layer reads what the layers before it computed on the RTL.

    Raises ``UserError`` when the input has another shape or type, ``SimulationError`` when the program fails.
    """
    golden = network.golden(inputs)
    program = _program(network, inputs)
    image = load_elf(program, tuple(cluster_memories(network.cluster).values()))
    words = MAX_CORES * len(COUNTER_NAMES)
    sizes = {
        "network_test_outputs": sum(rounded(output.size) for output in golden),
        "network_test_profile": 4 * words * len(golden),
        "network_test_cycles": 4,
    }
    dumps = {name: Region(base=image.symbols[name], size=size) for name, size in sizes.items()}
    job = ClusterJob(program=image, config=network.cluster, max_cycles=MAX_CYCLES, dumps=dumps)
    (result,) = run_on_model(cluster_model(network.cluster), [job])
    if not result.passed:
        raise SimulationError(f"{program} ended with {result.exit_code}: {result.why}")
    profile = struct.unpack(f"<{words * len(golden)}I", result.dumps["network_test_profile"])
    layers, begin = [], 0
    for number, (step, expected) in enumerate(zip(network.steps, golden, strict=True)):
        content = result.dumps["network_test_outputs"][begin : begin + expected.size]
        output = np.frombuffer(content, np.int8).reshape(expected.shape)
        begin += rounded(expected.size)
        cores = [
            profile[words * number + len(COUNTER_NAMES) * core :][: len(COUNTER_NAMES)]
            for core in range(network.cluster.cores)
        ]
        wrong = np.flatnonzero(output != expected)
        layers.append(
            LayerResult(
                step=step,
                cycles=max(core[0] for core in cores),
                counters={name: sum(core[i] for core in cores) for i, name in enumerate(COUNTER_NAMES)},
                output=output,
                differs_at=int(wrong[0]) if wrong.size else None,
            )
        )
    cycles = int.from_bytes(result.dumps["network_test_cycles"], "little")
    output = layers[network.output_step].output.reshape(network.graph.output.shape)
    return Inference(output=output, cycles=cycles, layers=tuple(layers))


def _program(network: Network, inputs: np.ndarray) -> Path:
    outputs = sum(rounded(step.node.output.size) for step in network.steps)
    main = _MAIN.render(name=network.name, steps=len(network.steps))
    folder = written_layer(main, _DATA.render(outputs=outputs), {"network_test_input": inputs.tobytes()})
    flags = core_flags(network.cluster.core)
    objects = [
        compile_object(folder / "main.c", flags, includes=(NETWORK,)),
        compile_object(folder / "data.S", flags),
    ]
    return link_network(network, objects)
