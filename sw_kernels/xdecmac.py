"""Records of the kernels of XDecmac."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from hw.units.decmac.record import DECMAC, DECMAC8
from sw_kernels.kernel import Kernel, Loop
from sw_kernels.operator import Operator
from sw_kernels.packing.activations import BANDED
from sw_kernels.packing.layouts import ONCE
from sw_kernels.xdecimate import MAX_BLOCKS

#: Rounds of four weights that a pass has, which takes a word of indices if there are some.
_ROUNDS = {None: 2, 4: 4, 8: 2, 16: 2}


def kernels_of(
    operator: Operator, conflicts: Mapping[int, Mapping[int | None, float]], **facts: Any
) -> tuple[Kernel, ...]:
    """The dense and the sparse kernels of an operator.

    ``conflicts`` are those of their records by positions and M, ``facts`` the further ones of all.

    Every instruction of a pass accesses memory: a word of indices, words of weights, and for each weight one
    or two words of four activations.
    """
    made = []
    for unit, (m, rounds) in product((DECMAC, DECMAC8), _ROUNDS.items()):
        variant, positions = unit.extension, unit.state[0].depth  # an accumulator for each
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
                compressed=True,
                loop=Loop(filters=1, positions=positions, rounds=rounds, instructions=count, accesses=count),
                cycles_per_weight=count / (4 * rounds),
                conflicts=conflicts[positions][m],
                **facts,
            )
        )
    return tuple(made)
