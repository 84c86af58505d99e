"""The decoder: every control signal is a function of the instruction table, nothing is typed twice."""

from collections import defaultdict
from collections.abc import Iterator
from enum import Enum

from amaranth.hdl import Cat, Module, ShapeLike, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.config import CoreConfig
from hw.core.control_fields import (
    AluOperation,
    ComplexOperation,
    CsrOperation,
    FunctionalUnit,
    Immediate,
    Jump,
    Lanes,
    MultiplierOperation,
    OperandA,
    OperandB,
    OperandC,
    System,
)
from hw.core.controls import decode_controls
from hw.isa.instruction import Cycles, Instruction

Controls = dict[str, int | Enum]
Fields = dict[str, Signal]

#: Operations of the table that are another one of the ALU under a second name.
_ALU_ALIASES = {
    "slt": ("CMPLT", Lanes.WORD),
    "sltu": ("CMPLTU", Lanes.WORD),
    "sle": ("CMPLE", Lanes.WORD),
    "sleu": ("CMPLEU", Lanes.WORD),
    "exths": ("LANE_GET", Lanes.HALF),
    "exthz": ("LANE_GETU", Lanes.HALF),
    "extbs": ("LANE_GET", Lanes.BYTE),
    "extbz": ("LANE_GETU", Lanes.BYTE),
    "shufflei": ("SHUFFLE", Lanes.HALF),
}
#: The same of operations on complex numbers, and what is changed of these.
_COMPLEX = {
    "cplxconj": ("ABS", ComplexOperation.CONJUGATE),
    "subrotmj": ("SUBN", ComplexOperation.ROTATE),
    "scaled_add": ("ADDN", ComplexOperation.SCALE),
    "scaled_sub": ("SUBN", ComplexOperation.SCALE),
}
_LANES = {"h": Lanes.HALF, "b": Lanes.BYTE}
_SIZES = {"b": 0, "h": 1, "w": 2}


def _alu(name: str, lanes: Lanes) -> Controls:
    if name == "bitrev":
        return _alu("sll", lanes) | {"execute.reverses": 1}
    if name in _COMPLEX:
        operation, change = _COMPLEX[name]
        return _alu(operation, lanes) | {"execute.complex": change}
    if name.startswith("shufflei") and name[-1].isdigit():
        name = "shuffle"
    operation, lanes = _ALU_ALIASES.get(name, (name.upper(), lanes))
    return {
        "execute.unit": FunctionalUnit.ALU,
        "execute.alu": AluOperation[operation],
        "execute.lanes": lanes,
    }


def _multiplier(name: str, lanes: Lanes) -> Controls:
    controls: Controls = {"execute.unit": FunctionalUnit.MULTIPLIER, "execute.lanes": lanes}
    if name.startswith("cplxmul"):
        return _multiplier("dotsp", lanes) | {
            "execute.complex": ComplexOperation.SCALE,
            "execute.high_halves": int(name == "cplxmul_i"),
        }
    if "dot" in name:
        signs = {"up": (0, 0), "usp": (0, 1), "sp": (1, 1)}[name.partition("dot")[2]]
        return controls | {
            "execute.multiplier": MultiplierOperation.DOT,
            "execute.a_signed": signs[0],
            "execute.b_signed": signs[1],
        }
    if name.startswith("mulh") and not name.startswith("mulhh"):
        return controls | {
            "execute.multiplier": MultiplierOperation.HIGH,
            "execute.a_signed": int(name != "mulhu"),
            "execute.b_signed": int(name == "mulh"),
        }
    if name.endswith("n"):
        signed = int("s" in name)
        return controls | {
            "execute.multiplier": MultiplierOperation.HALF,
            "execute.a_signed": signed,
            "execute.b_signed": signed,
            "execute.high_halves": int("hh" in name),
            "execute.rounds": int("r" in name),
        }
    return controls | {"execute.multiplier": MultiplierOperation[name.upper()]}


def _load_store(name: str, instruction: Instruction) -> Controls:
    event: Controls = {"execute.event": 1} if instruction.cycles is Cycles.EVENT else {}
    return event | {
        "execute.unit": FunctionalUnit.LSU,
        "execute.memory": 1,
        "execute.store": int(name[0] == "s"),
        "execute.size": _SIZES[name[1]],
        "execute.load_signed": int(not name.endswith("u")),
        "execute.post_increment": int("rs1" in instruction.writes),
    }


def _loop(instruction: Instruction, name: str) -> Controls:
    return {
        "loop.start": int(name in ("start", "setup")),
        "loop.end": int(name in ("end", "setup")),
        "loop.count": int(name in ("count", "setup")),
        "loop_immediate": int("rs1" not in instruction.fields),
        "loop_short_end": int("uimm" in instruction.fields and instruction.field_width("uimm") == 7),
    }


def _immediate(instruction: Instruction, unit: str, name: str, lanes: Lanes) -> Immediate:
    fields = instruction.fields
    if unit == "jump":
        return Immediate.FOUR
    if "is2" in fields:
        return Immediate.BIT_FIELD if "is3" in fields else Immediate.CLIP
    if name.startswith("shufflei"):
        return Immediate.SHUFFLE_HALF if lanes is Lanes.HALF else Immediate.SHUFFLE_BYTE
    if instruction.extension == "xcvsimd":
        return Immediate.SIMD if "imm" in fields else Immediate.SIMD_UNSIGNED
    if "uimm" in fields or "imm5" in fields:
        return Immediate.SHAMT
    if instruction.field_width("imm") == 32:
        return Immediate.U
    return Immediate.S if name[0] == "s" and "rd" not in fields else Immediate.I


def _operands(instruction: Instruction, unit: str, name: str, lanes: Lanes) -> Controls:
    fields, reads = instruction.fields, instruction.reads
    accumulates = unit == "alu" and "rd" in reads
    accumulates_first = accumulates and name.startswith(("addn", "addu", "addr", "subn", "subu", "subr"))
    controls: Controls = {
        "reads_rs1": int("rs1" in reads),
        "reads_rs2": int("rs2" in reads),
        "reads_rd": int("rd" in reads or "rs3" in reads),
        "amount_from_rs2": int(accumulates_first),
    }
    if accumulates_first:  # rd = (rd + rs1) >> rs2
        return controls | {"operand_a": OperandA.RD, "operand_b": OperandB.RS1}
    if unit == "jump" or instruction.mnemonic == "auipc":
        controls["operand_a"] = OperandA.PC
    elif instruction.mnemonic == "lui":
        controls["operand_a"] = OperandA.ZERO
    elif unit == "csr" and "uimm" in fields:
        controls["operand_a"] = OperandA.UIMM
    if unit == "csr":
        controls["operand_b"] = OperandB.IMMEDIATE  # carries the register's address
        controls["immediate"] = Immediate.I
    elif "rs3" in fields:
        controls["operand_b"] = OperandB.RD
    elif "imm5" in fields or (unit not in ("loop", "branch") and {"imm", "uimm", "is2"} & set(fields)):
        controls["operand_b"] = OperandB.IMMEDIATE
        controls["immediate"] = _immediate(instruction, unit, name, lanes)
    if "imm5" in fields:
        controls["sign_extends"] = 1
    if unit == "branch":
        controls["operand_c"] = OperandC.TARGET
    elif unit == "lsu" and name[0] == "s":
        controls["operand_c"] = OperandC.RS2
    elif "rd" in reads:
        controls["operand_c"] = OperandC.RD
    return controls


def controls_of(instruction: Instruction, config: CoreConfig) -> Controls:
    """Control signals of one row of the table, those that differ from zero or the first enum member."""
    unit, name, *suffixes = instruction.operation.split(".")
    lanes = next((_LANES[s] for s in suffixes if s in _LANES), Lanes.WORD)
    controls: Controls = {"legal": 1, "replicate": int("sc" in suffixes)}
    controls |= _operands(instruction, unit, name, lanes)
    controls["execute.write_rd"] = int("rd" in instruction.writes)
    match unit:
        case "alu":
            controls |= _alu(name, lanes)
        case "mul":
            controls |= _multiplier(name, lanes)
        case "div":
            controls |= {
                "execute.unit": FunctionalUnit.DIVIDER,
                "execute.a_signed": int(not name.endswith("u")),
                "execute.wants_remainder": int(name.startswith("rem")),
            }
        case "lsu":
            controls |= _load_store(name, instruction)
        case "jump":
            controls |= {"jump": Jump[name.upper()]}
        case "branch":
            alias = {
                "eq": "CMPEQ",
                "ne": "CMPNE",
                "lt": "CMPLT",
                "ge": "CMPGE",
                "ltu": "CMPLTU",
                "geu": "CMPGEU",
            }
            controls |= {
                "jump": Jump.BRANCH,
                "execute.branch": 1,
                "execute.alu": AluOperation[alias[name]],
            }
        case "csr":
            controls |= {"execute.unit": FunctionalUnit.CSR, "execute.csr": CsrOperation[name.upper()]}
        case "loop":
            controls |= _loop(instruction, name)
        case "system":
            controls |= {"system": System[name.upper()], "flushes": int(name == "fence")}
    if extension_unit := config.unit_of(instruction):
        controls |= extension_unit.decode(instruction) | {
            f"execute.{extension_unit.name}": 1,
            f"execute.{extension_unit.name}_operation": extension_unit.operation_of(instruction),
        }
    return controls


#: Bits that tell instructions apart: opcode, funct3, funct7 (or the narrower fields in its place).
_LEVELS = ((0, 7), (12, 15), (25, 32))


def _leaves(layout: data.StructLayout, prefix: str = "") -> Iterator[tuple[str, ShapeLike]]:
    """Fields of a layout and of the layouts in it, by their paths, in the order of their bits."""
    for name, field in layout:
        shape = field.shape
        if isinstance(shape, type) and issubclass(shape, data.Struct):
            shape = data.Layout.cast(shape)
        if isinstance(shape, data.StructLayout):
            yield from _leaves(shape, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", shape


class Decoder(Component):
    """Combinational decoder of one 32-bit instruction word.

    Members
    -------
    instruction : In(32)
        The word.
    controls : Out(decode_controls)
        ``legal`` is 0 for every word that is not in the table of this configuration, for CSRs that do not
        exist, and for writes to read-only CSRs; the other controls then mean nothing.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        super().__init__({"instruction": In(32), "controls": Out(decode_controls(config))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = decode_controls(self._config)
        # One signal a field: a field that no row sets is then a constant, and no process without inputs.
        fields = {path: Signal(shape, name=path.replace(".", "_")) for path, shape in _leaves(layout)}
        self._switch(m, fields, list(self._config.instruction_set.instructions), list(_LEVELS))
        self._decode_csr(m, fields)
        m.d.comb += Value.cast(self.controls).eq(Cat(*(Value.cast(field) for field in fields.values())))
        return m

    def _switch(
        self, m: Module, fields: Fields, rows: list[Instruction], levels: list[tuple[int, int]]
    ) -> None:
        """Tell rows apart by one field after another; Yosys takes minutes over one switch on all 32 bits."""
        if not levels:
            for row in rows:
                with m.If((self.instruction & row.mask) == row.match):
                    self._assign(m, fields, row)
            return
        (low, high), *rest = levels
        groups: dict[str, list[Instruction]] = defaultdict(list)
        for row in rows:
            groups[row.pattern[32 - high : 32 - low]].append(row)
        # Rows that leave the field open stand beside the others, not in front of them.
        self._switch(m, fields, groups.pop("-" * (high - low), []), rest)
        with m.Switch(self.instruction[low:high]):
            for pattern, group in groups.items():
                with m.Case(pattern):
                    self._switch(m, fields, group, rest)

    def _assign(self, m: Module, fields: Fields, row: Instruction) -> None:
        for path, value in controls_of(row, self._config).items():
            number = value.value if isinstance(value, Enum) else value
            if number:
                m.d.comb += fields[path].eq(number)

    def _decode_csr(self, m: Module, fields: Fields) -> None:
        """Existence and write permission of the addressed CSR, and set or clear with x0 as a mere read."""
        address = self.instruction[20:32]
        reads_only = Signal()
        csrs = self._config.instruction_set.csrs
        m.d.comb += reads_only.eq((self.instruction[13]) & (self.instruction[15:20] == 0))
        with m.If((self.instruction[0:7] == 0b1110011) & self.instruction[12:14].any()):
            with m.Switch(address):
                with m.Case(*(csr.address for csr in csrs if not csr.read_only)):
                    pass
                with m.Case(*(csr.address for csr in csrs if csr.read_only)):
                    with m.If(~reads_only):
                        m.d.comb += fields["legal"].eq(0)
                with m.Default():
                    m.d.comb += fields["legal"].eq(0)
            with m.Switch(address):
                with m.Case(*(csr.address for csr in csrs if csr.flushes)):
                    m.d.comb += fields["flushes"].eq(1)
            with m.If(reads_only):
                m.d.comb += fields["execute.csr"].eq(CsrOperation.READ)
