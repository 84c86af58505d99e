"""Turning an instruction at an address into an operation that runs without decoding it again."""

from collections.abc import Callable, Mapping

from hw.isa.instruction import REGISTER_FIELDS
from sim.iss.semantics import VALUES
from sim.iss.state import Operation, Site, State, destination


def bind(state: State, site: Site, actions: Mapping[str, Callable[[State, Site], Operation]]) -> Operation:
    """The operation of the instruction at ``site``; ``actions`` are those that are not a value of rd."""
    mnemonic = site.instruction.mnemonic
    if mnemonic in actions:
        return actions[mnemonic](state, site)
    return _bind_value(state, site, VALUES[mnemonic])


def _bind_value(state: State, site: Site, value: Callable[..., int]) -> Operation:
    names = site.instruction.sources
    numbers = [site.fields[name] for name in names if name in REGISTER_FIELDS]
    constants = tuple(site.fields[name] for name in names if name not in REGISTER_FIELDS)
    registers = state.registers
    rd = destination(site.fields["rd"])

    if not numbers:

        def operation() -> None:
            registers[rd] = value(*constants)

    elif len(numbers) == 1:
        (first,) = numbers

        def operation() -> None:
            registers[rd] = value(registers[first], *constants)

    elif len(numbers) == 2:
        first, second = numbers

        def operation() -> None:
            registers[rd] = value(registers[first], registers[second], *constants)

    else:
        first, second, third = numbers

        def operation() -> None:
            registers[rd] = value(registers[first], registers[second], registers[third], *constants)

    return operation
