"""One line of pseudo-code for every instruction of the table, as docs/isa.md shows it.

Templates take the operands in the assembler's order, the old rd first where it is read: so one line serves
``cv.addn rd, rs1, rs2, is3`` and ``cv.addnr rd, rs1, rs2``.
"""

from hw.isa.instruction import REGISTER_FIELDS, Instruction

#: Value of rd by the operation of the table, lane-wise for SIMD.
_VALUES = {
    "alu.add": "{0} + {1}",
    "alu.sub": "{0} - {1}",
    "alu.slt": "{0} < {1}",
    "alu.sltu": "{0} <u {1}",
    "alu.xor": "{0} ^ {1}",
    "alu.or": "{0} | {1}",
    "alu.and": "{0} & {1}",
    "alu.sll": "{0} << {1}",
    "alu.srl": "{0} >> {1}",
    "alu.sra": "{0} >>> {1}",
    "alu.abs": "abs({0})",
    "alu.sle": "{0} <= {1}",
    "alu.sleu": "{0} <=u {1}",
    "alu.min": "min({0}, {1})",
    "alu.minu": "minu({0}, {1})",
    "alu.max": "max({0}, {1})",
    "alu.maxu": "maxu({0}, {1})",
    "alu.avg": "({0} + {1}) >>> 1",
    "alu.avgu": "({0} + {1}) >> 1",
    "alu.exths": "sext({0}[15:0])",
    "alu.exthz": "zext({0}[15:0])",
    "alu.extbs": "sext({0}[7:0])",
    "alu.extbz": "zext({0}[7:0])",
    "alu.addn": "({0} + {1}) >>> {2}",
    "alu.addun": "({0} + {1}) >> {2}",
    "alu.addrn": "({0} + {1} + half({2})) >>> {2}",
    "alu.addurn": "({0} + {1} + half({2})) >> {2}",
    "alu.subn": "({0} - {1}) >>> {2}",
    "alu.subun": "({0} - {1}) >> {2}",
    "alu.subrn": "({0} - {1} + half({2})) >>> {2}",
    "alu.suburn": "({0} - {1} + half({2})) >> {2}",
    "alu.ror": "rotate_right({0}, {1})",
    "alu.ff1": "number of the lowest bit set in {0}, 32 if none",
    "alu.fl1": "number of the highest bit set in {0}, 32 if none",
    "alu.clb": "bits below the sign of {0} that repeat it, 0 if {0} = 0",
    "alu.cnt": "number of bits set in {0}",
    "alu.cmpeq": "{0} == {1} ? -1 : 0",
    "alu.cmpne": "{0} != {1} ? -1 : 0",
    "alu.cmpgt": "{0} > {1} ? -1 : 0",
    "alu.cmpge": "{0} >= {1} ? -1 : 0",
    "alu.cmplt": "{0} < {1} ? -1 : 0",
    "alu.cmple": "{0} <= {1} ? -1 : 0",
    "alu.cmpgtu": "{0} >u {1} ? -1 : 0",
    "alu.cmpgeu": "{0} >=u {1} ? -1 : 0",
    "alu.cmpltu": "{0} <u {1} ? -1 : 0",
    "alu.cmpleu": "{0} <=u {1} ? -1 : 0",
    "alu.lane_get": "sext({0}[{1}])",
    "alu.lane_getu": "zext({0}[{1}])",
    "alu.pack": "{{{0}[15:0], {1}[15:0]}}",
    "alu.packh": "{{{0}[31:16], {1}[31:16]}}",
    "mul.mul": "({0} * {1})[31:0]",
    "mul.mulh": "({0} * {1})[63:32]",
    "mul.mulhsu": "({0} * zext({1}))[63:32]",
    "mul.mulhu": "(zext({0}) * zext({1}))[63:32]",
    "mul.mac": "{0} + {1} * {2}",
    "mul.msu": "{0} - {1} * {2}",
    "div.div": "{0} / {1}, -1 if {1} = 0",
    "div.divu": "{0} /u {1}, 2^32 - 1 if {1} = 0",
    "div.rem": "{0} % {1}, {0} if {1} = 0",
    "div.remu": "{0} %u {1}, {0} if {1} = 0",
}

#: Instructions that are not one value of rd, or not of their operands alone.
_WHOLE = {
    "lui": "rd = imm",
    "auipc": "rd = pc + imm",
    "jal": "rd = pc + 4; pc = pc + imm",
    "jalr": "rd = pc + 4; pc = (rs1 + imm) & ~1",
    "fence": "order memory accesses: drains the pipeline",
    "fence.i": "order stores before later fetches: drains the pipeline",
    "ecall": "trap, cause 11",
    "ebreak": "trap, cause 3",
    "mret": "pc = mepc; MIE = MPIE; MPIE = 1",
    "wfi": "wait until an enabled interrupt is pending",
    "cv.clip": "rd = min(max(rs1, -2^(is2-1)), 2^(is2-1) - 1); -1 to 0 if is2 = 0",
    "cv.clipu": "rd = min(max(rs1, 0), 2^(is2-1) - 1); 0 if is2 = 0",
    "cv.clipr": "rd = min(max(rs1, -(b + 1)), b) with b = rs2[30:0]",
    "cv.clipur": "rd = min(max(rs1, 0), b) with b = rs2[30:0]",
    "cv.insert.h": "rd[uimm] = rs1[15:0]",
    "cv.insert.b": "rd[uimm] = rs1[7:0]",
    "cv.shuffle.h": "rd[i] = rs1[rs2[i][0]]",
    "cv.shuffle.b": "rd[i] = rs1[rs2[i][1:0]]",
    "cv.shuffle2.h": "rd[i] = (rs2[i][1] ? rs1 : rd)[rs2[i][0]]",
    "cv.shuffle2.b": "rd[i] = (rs2[i][2] ? rs1 : rd)[rs2[i][1:0]]",
    "cv.shuffle.sci.h": "rd = {rs1[uimm[1]], rs1[uimm[0]]}",
    "cv.bitrev": "rd = the groups of is3 + 1 bits of rs1 << is2 in reverse order; if is3 = 3, groups of "
    "1 bit; if is3 = 2, the upper ten groups, and rd[31:30] = 0",
    "cv.elw": "rd = mem32[rs1 + imm]; the core sleeps until memory answers",
    "cv.packlo.b": "rd[15:0] = {rs1[7:0], rs2[7:0]}",
    "cv.packhi.b": "rd[31:16] = {rs1[7:0], rs2[7:0]}",
}

#: Halves of rd by the operation of the table, with lane 0 as the real part; the shift follows.
_COMPLEX = {
    "cplxmul_r": "rd[0] = (rs1[0] * rs2[0] - rs1[1] * rs2[1]) >>> {0}",
    "cplxmul_i": "rd[1] = (rs1[0] * rs2[1] + rs1[1] * rs2[0]) >>> {0}",
    "cplxconj": "rd[0] = rs1[0]; rd[1] = -rs1[1]",
    "subrotmj": "rd[0] = (rs1[1] - rs2[1]){1}; rd[1] = (rs2[0] - rs1[0]){1}",
    "scaled_add": "rd[i] = (rs1[i] + rs2[i]){1}",
    "scaled_sub": "rd[i] = (rs1[i] - rs2[i]){1}",
}

_BRANCHES = {"eq": "==", "ne": "!=", "lt": "<", "ge": ">=", "ltu": "<u", "geu": ">=u"}
_CSR_VALUES = {"write": "{0}", "set": "csr | {0}", "clear": "csr & ~{0}"}
_BIT_FIELDS = {
    "extract": "rd = sext(rs1[top:{1}])",
    "extractu": "rd = zext(rs1[top:{1}])",
    "insert": "rd[top:{1}] = rs1",
    "bclr": "rd = rs1 with bits top:{1} clear",
    "bset": "rd = rs1 with bits top:{1} set",
}


def _memory(instruction: Instruction, name: str) -> str:
    offset = "imm" if "imm" in instruction.fields else "rs3" if name[0] == "s" else "rs2"
    post_increments = "rs1" in instruction.writes
    bits = {"b": 8, "h": 16, "w": 32}[name[1]]
    place = f"mem{bits}[rs1]" if post_increments else f"mem{bits}[rs1 + {offset}]"
    extension = "{}" if name[1] == "w" else "zext({})" if name.endswith("u") else "sext({})"
    access = f"{place} = rs2" if name[0] == "s" else f"rd = {extension.format(place)}"
    return access + f"; rs1 = rs1 + {offset}" * post_increments


def _dot(instruction: Instruction, name: str, second: str) -> str:
    sign = {"up": "(unsigned, unsigned)", "usp": "(unsigned, signed)", "sp": "(signed, signed)"}
    start = "rd + " * ("rd" in instruction.reads)
    return f"rd = {start}sum of rs1[i] * {second} {sign[name.partition('dot')[2]]}"


def _halves(instruction: Instruction, name: str) -> str:
    """The family mulsn: halves, signs, rounding, accumulation."""
    part = "[31:16]" if "hh" in name else "[15:0]"
    extend = "sext" if "s" in name else "zext"
    total = f"{extend}(rs1{part}) * {extend}(rs2{part})"
    total += " + rd" * ("rd" in instruction.reads) + " + half(is3)" * ("r" in name)
    return f"rd = ({total}) {'>>>' if 's' in name else '>>'} is3"


def _loop(instruction: Instruction, name: str) -> str:
    count = "count" if "count" in instruction.fields else "rs1"
    address = "pc + uimm" if "uimm" in instruction.fields else "rs1"
    parts = {"start": f"lpstart[loop] = {address}", "end": f"lpend[loop] = {address}"}
    parts["count"] = f"lpcount[loop] = {count}"
    if name == "setup":
        return f"lpstart[loop] = pc + 4; {parts['end']}; {parts['count']}"
    return parts[name]


def pseudocode(instruction: Instruction) -> str:
    """The effect of the instruction, in the notation that docs/isa.md explains; ``KeyError`` if unknown."""
    if instruction.mnemonic in _WHOLE:
        return _WHOLE[instruction.mnemonic]
    unit, name, *suffixes = instruction.operation.split(".")
    if name in _COMPLEX:
        shift = ("h", "div2", "div4", "div8").index(suffixes[-1])
        return _COMPLEX[name].format(15 + shift, f" >>> {shift}" if shift else "")
    sources = instruction.sources
    lane = "[0]" if "sc" in suffixes else "[i]"
    second = sources[-1] + lane * (sources[-1] in REGISTER_FIELDS)
    match unit:
        case "lsu":
            return _memory(instruction, name)
        case "loop":
            return _loop(instruction, name)
        case "branch":
            return f"if {sources[0]} {_BRANCHES[name]} {sources[1]}: pc = pc + imm"
        case "csr":
            return f"rd = csr; csr = {_CSR_VALUES[name].format(sources[-1])}"
        case "mul" if "dot" in name:
            return _dot(instruction, name, second)
        case "mul" if name.endswith("n"):
            return _halves(instruction, name)
    if name in _BIT_FIELDS:
        size, position = ("is3", "is2") if "is3" in instruction.fields else ("rs2[9:5]", "rs2[4:0]")
        return f"{_BIT_FIELDS[name].format(size, position)}, top = min({size} + {position}, 31)"
    if name.startswith("shufflei"):
        return f"rd = {{rs1[{name[-1]}], rs1[uimm[5:4]], rs1[uimm[3:2]], rs1[uimm[1:0]]}}"
    if suffixes and not name.startswith("lane"):
        return "rd[i] = " + _VALUES[f"{unit}.{name}"].format(*(f"{s}[i]" for s in sources[:-1]), second)
    return "rd = " + _VALUES[f"{unit}.{name}"].format(*sources)
