"""Records of the kernels of XDecmac."""

from typing import Any

from sw_kernels.kernel import Kernel, Loop
from sw_kernels.operator import Operator
from sw_kernels.packing.activations import BANDED
from sw_kernels.packing.layouts import ONCE
from sw_kernels.xdecimate import MAX_BLOCKS

#: Rounds of four weights that a pass has, which takes a word of indices if there are some.
_ROUNDS = {None: 2, 4: 4, 8: 2, 16: 2}


def kernels_of(operator: Operator, **facts: Any) -> tuple[Kernel, ...]:
    """The dense and the sparse kernels of an operator, with these further facts of their records.

    Every instruction of a pass accesses memory: a word of indices, words of weights, and for each weight a
    word of four activations.
    """
    made = []
    for m, rounds in _ROUNDS.items():
        count = 5 * rounds + (m is not None)
        made.append(
            Kernel(
                operator=operator,
                name="sparse_xdecmac" if m else "dense_xdecmac",
                m=m,
                layout=ONCE,
                activations=BANDED,
                needs=frozenset({"xdecmac"}),
                quantizes=True,
                max_blocks=MAX_BLOCKS,
                loop=Loop(filters=1, positions=4, rounds=rounds, instructions=count, accesses=count),
                cycles_per_weight=count / (4 * rounds),
                **facts,
            )
        )
    return tuple(made)
