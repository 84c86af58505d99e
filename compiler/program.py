"""Programs of a network: compiled, and linked to a main."""

from collections.abc import Sequence
from pathlib import Path

from compiler.emit import Emission
from compiler.network import Network
from sw_kernels.build import compile_object, core_flags, link_cluster_program, written_layer
from sw_kernels.header import FOLDER

NETWORK = FOLDER / "network"


def network_objects(network: Network) -> list[Path]:
    """Object files of a network: its table, its weights, the kernels and walks that it uses, the runtime."""
    emission, flags = Emission(network=network), core_flags(network.cluster.core)
    folder = written_layer(emission.table, emission.data, emission.constants)
    operators = dict.fromkeys(step.layer.kernel.operator for step in network.steps)
    folders = tuple(operator.folder for operator in operators)
    kernels = {
        step.layer.symbol: (step.layer.kernel, step.layer.kernel.defines(step.layer.arithmetic))
        for step in network.steps
    }
    return [
        compile_object(folder / "main.c", flags, includes=(NETWORK, *folders)),
        compile_object(folder / "data.S", flags),
        compile_object(NETWORK / "network.c", flags, includes=(NETWORK,)),
        *(compile_object(source, flags) for operator in operators for source in operator.walk_sources),
        *(
            compile_object(
                kernel.source, flags, defines | {"CLUSTER": "1"}, includes=(kernel.operator.folder,)
            )
            for kernel, defines in kernels.values()
        ),
    ]


def link_network(network: Network, main: Sequence[Path]) -> Path:
    """An ELF file of a network and the objects of a main.

    Raises ``UserError`` when it does not fit the memories.
    """
    return link_cluster_program(network.name, [*main, *network_objects(network)], network.cluster)
