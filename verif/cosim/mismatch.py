"""A difference between core and model, with the context that helps to find its cause."""

from dataclasses import dataclass

import numpy as np

from hw.instructions import find, find_compressed
from hw.isa.compressed import is_compressed
from verif.cosim.trace import INTR, TRAP

_SHOWN_BEFORE = 8


@dataclass(frozen=True)
class Mismatch:
    """First difference of core and model.

    Parameters
    ----------
    index : int
        Number of the retired instruction, from 0.
    pc, word : int
        Its address and instruction word, as the core retired it.
    field : str
        What differs first, an RVFI name; "interrupt", "order", "cycle", "sleep" or "end" for what is not of
        one instruction.
    core, model : int or None
        Both values.
    text : str
        All of it in lines: the instruction, every field that differs, the instructions before it.
    """

    index: int
    pc: int
    word: int
    field: str
    core: int | None
    model: int | None
    text: str

    def __str__(self) -> str:
        return self.text


def disassemble(word: int) -> str:
    """The mnemonic, and the operands in the order of the encoding: ``addi imm=1, rs1=0, rd=5``."""
    if word < 1 << 16 and is_compressed(word) and (code := find_compressed(word)) is not None:
        operands = ", ".join(f"{name}={value}" for name, value in code.decode(word).items())
        return f"{code.mnemonic} {operands}".strip()
    row = find(word)
    if row is None:
        return f"illegal {word:#010x}"
    operands = ", ".join(f"{name}={value}" for name, value in row.decode(word).items())
    return f"{row.mnemonic} {operands}".strip()


def describe(record: np.void) -> str:
    """A retired instruction in one line."""
    line = f"{record['order']:>8} cycle {record['cycle']:>8}  {record['pc_rdata']:08x}  "
    line += f"{record['insn']:08x}  {disassemble(int(record['insn'])):<44}"
    for port in ("rd", "rd2"):
        if record[f"{port}_addr"]:
            line += f"  x{record[f'{port}_addr']}={record[f'{port}_wdata']:08x}"
    for kind, mask in (("load", "rmask"), ("store", "wmask")):
        if record[f"mem_{mask}"]:
            data = record["mem_rdata" if kind == "load" else "mem_wdata"]
            line += f"  {kind} {record['mem_addr']:08x}: {data:08x} mask {record[f'mem_{mask}']:x}"
    line += "  trap" if record["status"] & TRAP else ""
    return line + ("  first of a handler" if record["status"] & INTR else "")


def mismatch(
    trace: np.ndarray,
    index: int,
    field: str,
    what: str,
    *,
    core: int | None = None,
    model: int | None = None,
) -> Mismatch:
    """The report of a difference at record ``index``; ``what`` says what differs."""
    here = trace[index] if index < len(trace) else None
    pc, word = (int(here["pc_rdata"]), int(here["insn"])) if here is not None else (0, 0)
    lines = [
        f"instruction {index}" + (f" at {pc:08x}: {disassemble(word)}" if here is not None else ""),
        what,
    ]
    lines += [
        "retired last:",
        *(describe(record) for record in trace[max(0, index - _SHOWN_BEFORE) : index + 1]),
    ]
    return Mismatch(index, pc, word, field, core, model, "\n".join(lines))
