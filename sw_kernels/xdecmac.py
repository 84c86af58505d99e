"""Records of the kernels of XDecmac."""

from itertools import product
from typing import Any

from sw_kernels.kernel import Kernel, Loop
from sw_kernels.operator import Operator
from sw_kernels.packing.activations import BANDED
from sw_kernels.packing.layouts import ONCE
from sw_kernels.xdecimate import MAX_BLOCKS

#: Positions that a variant of the extension serves, by its name.
_VARIANTS = {"xdecmac": 4, "xdecmac8": 8}
#: Rounds of four weights that a pass has, which takes a word of indices if there are some.
_ROUNDS = {None: 2, 4: 4, 8: 2, 16: 2}


def kernels_of(operator: Operator, **facts: Any) -> tuple[Kernel, ...]:
    """The dense and the sparse kernels of an operator, with these further facts of their records.

    Every instruction of a pass accesses memory: a word of indices, words of weights, and for each weight one
    or two words of four activations.
    """
    made = []
    for (variant, positions), (m, rounds) in product(_VARIANTS.items(), _ROUNDS.items()):
        count = rounds * (1 + positions) + (m is not None)
        made.append(
            Kernel(
                operator=operator,
                name=f"sparse_{variant}" if m else f"dense_{variant}",
                m=m,
                layout=ONCE,
                activations=BANDED,
                needs=frozenset({variant}),
                quantizes=True,
                max_blocks=MAX_BLOCKS,
                loop=Loop(filters=1, positions=positions, rounds=rounds, instructions=count, accesses=count),
                cycles_per_weight=count / (4 * rounds),
                **facts,
            )
        )
    return tuple(made)
