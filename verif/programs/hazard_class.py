"""Classes of instructions that the pipeline treats alike, and names of what they write and read."""

from functools import cache

from hw.config import CoreConfig
from hw.isa.instruction import Cycles, Instruction

_SYSTEM = {"fence": "fence", "ecall": "call", "ebreak": "call", "mret": "return", "wfi": "wait"}
_UNITS = {"div": "divide", "csr": "csr", "branch": "branch", "loop": "loop"}
#: Classes of the table whose instructions run anywhere.
_PLAIN = (
    *("alu", "simd", "multiply", "multiply_high", "accumulate", "divide"),
    *("load", "load_post", "store", "store_post"),
)
_ACCESSES = ("load", "load_post", "store", "store_post")
_JUMPS = {Cycles.JUMP: "jump", Cycles.JUMP_REGISTER: "jump_register"}


@cache
def hazard_class(row: Instruction) -> str:
    """The class of a row of the table."""
    unit, operation = row.operation.split(".")[:2]
    if unit == "system":
        return _SYSTEM[operation]
    if unit == "jump":
        return _JUMPS[row.cycles]
    if unit == "alu":
        return "simd" if row.extension in ("xcvsimd", "xcvcplx") else "alu"
    if unit == "mul":
        high = row.cycles == Cycles.MULH
        return "multiply_high" if high else "accumulate" if "rd" in row.reads else "multiply"
    if unit == "lsu":
        return ("store" if row.cycles == Cycles.STORE else "load") + "_post" * ("rs1" in row.writes)
    if unit in _UNITS:
        return _UNITS[unit]
    # Of an extension unit.
    return unit if row.reads or row.writes else operation


@cache
def classes(config: CoreConfig) -> dict[str, tuple[Instruction, ...]]:
    """Rows of every class that a configuration has."""
    found: dict[str, list[Instruction]] = {}
    for row in config.instruction_set.instructions:
        found.setdefault(hazard_class(row), []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


@cache
def plain_classes(config: CoreConfig) -> tuple[str, ...]:
    """Classes whose instructions run anywhere, in the body of a hardware loop too; those of units do."""
    own = dict.fromkeys(hazard_class(row) for unit in config.units for row in unit.instructions)
    return (*(name for name in _PLAIN if name in classes(config)), *own)


@cache
def memory_classes(config: CoreConfig) -> tuple[str, ...]:
    """Classes of loads and stores, those of extension units last."""
    own = [hazard_class(row) for unit in config.units for row in unit.instructions if row.accesses_memory]
    return tuple(name for name in dict.fromkeys((*_ACCESSES, *own)) if name in classes(config))


def result_name(row: Instruction, field: str) -> str:
    """Name of a register write: the class, with ``.pointer`` for a post-incremented address."""
    return hazard_class(row) + (".pointer" if field == "rs1" else "")


def operand_name(row: Instruction, field: str) -> str:
    """Name of a register read: class and field."""
    return f"{hazard_class(row)}.{field}"


@cache
def results(config: CoreConfig) -> tuple[str, ...]:
    """Names of all register writes."""
    rows = [row for group in classes(config).values() for row in group]
    return tuple(dict.fromkeys(result_name(row, field) for row in rows for field in row.writes))


@cache
def operands(config: CoreConfig) -> dict[str, tuple[Instruction, ...]]:
    """Rows by the names of their register reads."""
    found: dict[str, list[Instruction]] = {}
    for group in classes(config).values():
        for row in group:
            for field in row.reads:
                found.setdefault(operand_name(row, field), []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


@cache
def class_of_word(word: int, config: CoreConfig) -> str:
    """The class of an instruction word; "illegal" for one that is none."""
    row = config.instruction_set.find(word)
    return hazard_class(row) if row else "illegal"
