"""Layers and kernels that options name."""

from collections.abc import Sequence

from bench import paper
from common.errors import UserError
from hw.config import CoreConfig
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from sw_kernels.registry import runnable, select


def geometries(operator: Operator, text: str | None) -> Sequence[Geometry]:
    """The paper's layers of an operator, the one in ``text``, or the operator's typical one."""
    if text == "paper":
        if operator not in paper.GEOMETRIES:
            known = ", ".join(map(str, paper.GEOMETRIES))
            raise UserError(
                f"--geometry paper has layers of {known}, not of {operator}; give one of these operators, or "
                "another geometry"
            )
        return paper.GEOMETRIES[operator]
    return (operator.geometry.parse(text) if text else operator.typical,)


def kernels(
    operators: Sequence[Operator], name: str | None, m: int | None, core: CoreConfig
) -> Sequence[Kernel]:
    """The kernels asked for that a core can run; ``UserError`` when there are none."""
    able = [kernel for operator in operators for kernel in runnable(operator, core, name, m)]
    if not able:
        select(operators[0], name, m)[0].check_core(core)
    return able
