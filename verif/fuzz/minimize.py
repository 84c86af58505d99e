"""A failing case made short: one pass, a fast memory, few units, nops for what of those is not needed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sim.rtl.job import NO_WAIT_STATES
from sim.rtl.model import Model
from verif.cosim.check import check_all
from verif.cosim.mismatch import Mismatch
from verif.fuzz.case import Case
from verif.fuzz.shrink import shrink
from verif.programs.builder import NOP
from verif.programs.composition import Block
from verif.programs.hazard_class import class_of_word


def mismatches(cases: Sequence[Case], model: Model | None = None) -> list[Mismatch | None]:
    """Run cases of one configuration; ``model`` is another simulator of it, of a broken core for instance."""
    outcomes = check_all([case.job() for case in cases], cases[0].core_config, model=model)
    return [outcome.mismatch for outcome in outcomes]


def minimize(
    case: Case, field: str, *, model: Model | None = None, on_step: Callable[[int], None] | None = None
) -> Case:
    """The shortest case found that still fails in the same field.

    Parameters
    ----------
    case : Case
        Fails.
    field : str
        Of the mismatch.
    model : Model or None
        As in ``mismatches``.
    on_step : callable
        Called with the number of instructions that are left, now and then.
    """

    def fails(cases: Sequence[Case]) -> list[bool]:
        return [found is not None and found.field == field for found in mismatches(cases, model)]

    def tried(candidates: Sequence[Case]) -> list[bool]:
        verdicts = fails(candidates)
        shortest = [c.composition.length for c, failed in zip(candidates, verdicts, strict=True) if failed]
        if shortest and on_step:
            on_step(min(shortest))
        return verdicts

    for simpler in (
        {"composition": replace(case.composition, passes=1)},
        {"waits": NO_WAIT_STATES},
        {"interrupt_rate": 0},
    ):
        if fails([candidate := replace(case, **simpler)])[0]:
            case = candidate
    units = shrink(case.composition.units, lambda parts: tried([_with_units(case, part) for part in parts]))
    case = _with_units(case, units)
    movable = [
        (number, index)
        for number, unit in enumerate(units)
        for index, word in enumerate(unit.words)
        if index not in unit.pinned and class_of_word(word, case.core_config) != "loop" and word != NOP
    ]
    needed = shrink(movable, lambda parts: tried([_with_nops(case, movable, part) for part in parts]))
    return _with_nops(case, movable, needed)


def _with_units(case: Case, units: Sequence[Block]) -> Case:
    return replace(case, composition=case.composition.with_units(units))


def _with_nops(case: Case, movable: Sequence[tuple[int, int]], kept: Sequence[tuple[int, int]]) -> Case:
    """The case with nops in those movable places that are not kept."""
    gone = set(movable) - set(kept)
    units = [
        replace(unit, words=tuple(NOP if (n, i) in gone else word for i, word in enumerate(unit.words)))
        for n, unit in enumerate(case.composition.units)
    ]
    return _with_units(case, units)
