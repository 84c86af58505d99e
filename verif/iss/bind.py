"""Turning an instruction at an address into an operation that runs without decoding it again."""

from collections.abc import Callable

from hw.isa.instruction import REGISTER_FIELDS
from verif.iss.semantics import ACTIONS, VALUES
from verif.iss.state import Operation, Site, State, destination


def bind(state: State, site: Site) -> Operation:
    """The operation of the instruction at ``site``."""
    mnemonic = site.instruction.mnemonic
    if mnemonic in ACTIONS:
        return ACTIONS[mnemonic](state, site)
    return _bind_value(state, site, VALUES[mnemonic])


def _bind_value(state: State, site: Site, value: Callable[..., int]) -> Operation:
    names = site.instruction.sources
    numbers = [site.fields[name] for name in names if name in REGISTER_FIELDS]
    constants = tuple(site.fields[name] for name in names if name not in REGISTER_FIELDS)
    registers = state.registers
    rd = destination(site.fields["rd"])

    def of_none() -> None:
        registers[rd] = value(*constants)

    def of_one() -> None:
        registers[rd] = value(registers[first], *constants)

    def of_two() -> None:
        registers[rd] = value(registers[first], registers[second], *constants)

    def of_three() -> None:
        registers[rd] = value(registers[first], registers[second], registers[third], *constants)

    first, second, third, *_ = (*numbers, 0, 0, 0)
    return (of_none, of_one, of_two, of_three)[len(numbers)]
