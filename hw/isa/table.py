"""The table of every instruction that the core executes beside those of its extension units.

Encodings of RV32IM and Zicsr are the RISC-V manual's, those of the CORE-V extensions the CV32E40P user
manual's. A unit brings its own rows (``hw.units``); ``hw.instructions`` has all of them, and what a
configuration has is its ``instruction_set``. Decoder, assembler macros, C header, instruction-set model and
docs/isa.md derive from these. An encoding that is in none of them is illegal. Extension c has its own table of
16-bit codes, ``hw.isa.compressed_table``.
"""
# ruff: noqa: E501 - rows of a table stay on one line

from hw.isa.instruction import Cycles, Instruction, rows

#: Bytes of the shortest body of a hardware loop, three instructions (CV32E40P user manual, hardware loops).
SHORTEST_BODY = 12

#: Extensions in the order of the table, with the sources that define them.
EXTENSIONS = {
    "rv32i": "RISC-V unprivileged manual, RV32I",
    "system": "RISC-V privileged manual, machine mode",
    "zicsr": "RISC-V unprivileged manual, Zicsr",
    "zifencei": "RISC-V unprivileged manual, Zifencei",
    "m": "RISC-V unprivileged manual, M",
    "c": "RISC-V unprivileged manual, C (Zca: compressed instructions without floating point)",
    "xcvmem": "CV32E40P user manual, post-incrementing load and store",
    "xcvhwlp": "CV32E40P user manual, hardware loops",
    "xcvalu": "CV32E40P user manual, general ALU operations",
    "xcvbitmanip": "CV32E40P user manual, bit manipulation",
    "xcvmac": "CV32E40P user manual, multiply-accumulate",
    "xcvsimd": "CV32E40P user manual, SIMD (without the complex-number instructions)",
    "xcvbi": "CV32E40P user manual, immediate branching operations",
    "xcvbitrev": "CV32E40P user manual, bit manipulation: the bit reverse instruction alone",
    "xcvcplx": "CV32E40P user manual, SIMD: the complex-number instructions alone",
    "xcvelw": "CV32E40P user manual, event load instruction",
}

C = Cycles
_RRR = "rd, rs1, rs2"
_RRI = "rd, rs1, imm"
_MEM = "rd, imm(rs1)"
_STM = "rs2, imm(rs1)"
_BRA = "rs1, rs2, imm"

# fmt: off
_LITERAL: dict[str, tuple[tuple[str, str, str, str, Cycles], ...]] = {
    "rv32i": (
        ("lui",    "imm[31:12] rd 0110111",                         "rd, imm", "alu.add",       C.SINGLE),
        ("auipc",  "imm[31:12] rd 0010111",                         "rd, imm", "alu.add",       C.SINGLE),
        ("jal",    "imm[20|10:1|11|19:12] rd 1101111",              "rd, imm", "jump.pc",       C.JUMP),
        ("jalr",   "imm[11:0] rs1 000 rd 1100111",                  _MEM,      "jump.register", C.JUMP_REGISTER),
        ("beq",    "imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011",  _BRA,      "branch.eq",     C.BRANCH),
        ("bne",    "imm[12|10:5] rs2 rs1 001 imm[4:1|11] 1100011",  _BRA,      "branch.ne",     C.BRANCH),
        ("blt",    "imm[12|10:5] rs2 rs1 100 imm[4:1|11] 1100011",  _BRA,      "branch.lt",     C.BRANCH),
        ("bge",    "imm[12|10:5] rs2 rs1 101 imm[4:1|11] 1100011",  _BRA,      "branch.ge",     C.BRANCH),
        ("bltu",   "imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011",  _BRA,      "branch.ltu",    C.BRANCH),
        ("bgeu",   "imm[12|10:5] rs2 rs1 111 imm[4:1|11] 1100011",  _BRA,      "branch.geu",    C.BRANCH),
        ("lb",     "imm[11:0] rs1 000 rd 0000011",                  _MEM,      "lsu.lb",        C.LOAD),
        ("lh",     "imm[11:0] rs1 001 rd 0000011",                  _MEM,      "lsu.lh",        C.LOAD),
        ("lw",     "imm[11:0] rs1 010 rd 0000011",                  _MEM,      "lsu.lw",        C.LOAD),
        ("lbu",    "imm[11:0] rs1 100 rd 0000011",                  _MEM,      "lsu.lbu",       C.LOAD),
        ("lhu",    "imm[11:0] rs1 101 rd 0000011",                  _MEM,      "lsu.lhu",       C.LOAD),
        ("sb",     "imm[11:5] rs2 rs1 000 imm[4:0] 0100011",        _STM,      "lsu.sb",        C.STORE),
        ("sh",     "imm[11:5] rs2 rs1 001 imm[4:0] 0100011",        _STM,      "lsu.sh",        C.STORE),
        ("sw",     "imm[11:5] rs2 rs1 010 imm[4:0] 0100011",        _STM,      "lsu.sw",        C.STORE),
        ("addi",   "imm[11:0] rs1 000 rd 0010011",                  _RRI,      "alu.add",       C.SINGLE),
        ("slti",   "imm[11:0] rs1 010 rd 0010011",                  _RRI,      "alu.slt",       C.SINGLE),
        ("sltiu",  "imm[11:0] rs1 011 rd 0010011",                  _RRI,      "alu.sltu",      C.SINGLE),
        ("xori",   "imm[11:0] rs1 100 rd 0010011",                  _RRI,      "alu.xor",       C.SINGLE),
        ("ori",    "imm[11:0] rs1 110 rd 0010011",                  _RRI,      "alu.or",        C.SINGLE),
        ("andi",   "imm[11:0] rs1 111 rd 0010011",                  _RRI,      "alu.and",       C.SINGLE),
        ("slli",   "0000000 uimm[4:0] rs1 001 rd 0010011",          "rd, rs1, uimm", "alu.sll", C.SINGLE),
        ("srli",   "0000000 uimm[4:0] rs1 101 rd 0010011",          "rd, rs1, uimm", "alu.srl", C.SINGLE),
        ("srai",   "0100000 uimm[4:0] rs1 101 rd 0010011",          "rd, rs1, uimm", "alu.sra", C.SINGLE),
        ("add",    "0000000 rs2 rs1 000 rd 0110011",                _RRR,      "alu.add",       C.SINGLE),
        ("sub",    "0100000 rs2 rs1 000 rd 0110011",                _RRR,      "alu.sub",       C.SINGLE),
        ("sll",    "0000000 rs2 rs1 001 rd 0110011",                _RRR,      "alu.sll",       C.SINGLE),
        ("slt",    "0000000 rs2 rs1 010 rd 0110011",                _RRR,      "alu.slt",       C.SINGLE),
        ("sltu",   "0000000 rs2 rs1 011 rd 0110011",                _RRR,      "alu.sltu",      C.SINGLE),
        ("xor",    "0000000 rs2 rs1 100 rd 0110011",                _RRR,      "alu.xor",       C.SINGLE),
        ("srl",    "0000000 rs2 rs1 101 rd 0110011",                _RRR,      "alu.srl",       C.SINGLE),
        ("sra",    "0100000 rs2 rs1 101 rd 0110011",                _RRR,      "alu.sra",       C.SINGLE),
        ("or",     "0000000 rs2 rs1 110 rd 0110011",                _RRR,      "alu.or",        C.SINGLE),
        ("and",    "0000000 rs2 rs1 111 rd 0110011",                _RRR,      "alu.and",       C.SINGLE),
        ("fence",  "fm[3:0] pred[3:0] succ[3:0] r1[4:0] 000 r2[4:0] 0001111", "pred, succ", "system.fence", C.FENCE),
        ("ecall",  "000000000000 00000 000 00000 1110011",          "",        "system.ecall",  C.TRAP),
        ("ebreak", "000000000001 00000 000 00000 1110011",          "",        "system.ebreak", C.TRAP),
    ),
    "system": (
        ("mret",   "001100000010 00000 000 00000 1110011",          "",        "system.mret",   C.TRAP),
        ("wfi",    "000100000101 00000 000 00000 1110011",          "",        "system.wfi",    C.TRAP),
    ),
    "zicsr": (
        ("csrrw",  "csr[11:0] rs1 001 rd 1110011",           "rd, csr, rs1",  "csr.write",     C.CSR),
        ("csrrs",  "csr[11:0] rs1 010 rd 1110011",           "rd, csr, rs1",  "csr.set",       C.CSR),
        ("csrrc",  "csr[11:0] rs1 011 rd 1110011",           "rd, csr, rs1",  "csr.clear",     C.CSR),
        ("csrrwi", "csr[11:0] uimm[4:0] 101 rd 1110011",     "rd, csr, uimm", "csr.write",     C.CSR),
        ("csrrsi", "csr[11:0] uimm[4:0] 110 rd 1110011",     "rd, csr, uimm", "csr.set",       C.CSR),
        ("csrrci", "csr[11:0] uimm[4:0] 111 rd 1110011",     "rd, csr, uimm", "csr.clear",     C.CSR),
    ),
    "zifencei": (
        ("fence.i", "fi[11:0] r1[4:0] 001 r2[4:0] 0001111",  "",              "system.fence",  C.FENCE),
    ),
    "m": (
        ("mul",    "0000001 rs2 rs1 000 rd 0110011",                _RRR,      "mul.mul",       C.SINGLE),
        ("mulh",   "0000001 rs2 rs1 001 rd 0110011",                _RRR,      "mul.mulh",      C.MULH),
        ("mulhsu", "0000001 rs2 rs1 010 rd 0110011",                _RRR,      "mul.mulhsu",    C.MULH),
        ("mulhu",  "0000001 rs2 rs1 011 rd 0110011",                _RRR,      "mul.mulhu",     C.MULH),
        ("div",    "0000001 rs2 rs1 100 rd 0110011",                _RRR,      "div.div",       C.DIVIDE),
        ("divu",   "0000001 rs2 rs1 101 rd 0110011",                _RRR,      "div.divu",      C.DIVIDE),
        ("rem",    "0000001 rs2 rs1 110 rd 0110011",                _RRR,      "div.rem",       C.DIVIDE),
        ("remu",   "0000001 rs2 rs1 111 rd 0110011",                _RRR,      "div.remu",      C.DIVIDE),
    ),
    "xcvmem": (
        ("cv.lb",  "imm[11:0] rs1+ 000 rd 0001011",                 "rd, (rs1), imm",  "lsu.lb",  C.LOAD),
        ("cv.lh",  "imm[11:0] rs1+ 001 rd 0001011",                 "rd, (rs1), imm",  "lsu.lh",  C.LOAD),
        ("cv.lw",  "imm[11:0] rs1+ 010 rd 0001011",                 "rd, (rs1), imm",  "lsu.lw",  C.LOAD),
        ("cv.lbu", "imm[11:0] rs1+ 100 rd 0001011",                 "rd, (rs1), imm",  "lsu.lbu", C.LOAD),
        ("cv.lhu", "imm[11:0] rs1+ 101 rd 0001011",                 "rd, (rs1), imm",  "lsu.lhu", C.LOAD),
        ("cv.sb",  "imm[11:5] rs2 rs1+ 000 imm[4:0] 0101011",       "rs2, (rs1), imm", "lsu.sb",  C.STORE),
        ("cv.sh",  "imm[11:5] rs2 rs1+ 001 imm[4:0] 0101011",       "rs2, (rs1), imm", "lsu.sh",  C.STORE),
        ("cv.sw",  "imm[11:5] rs2 rs1+ 010 imm[4:0] 0101011",       "rs2, (rs1), imm", "lsu.sw",  C.STORE),
        ("cv.lb",  "0000000 rs2 rs1+ 011 rd 0101011",               "rd, (rs1), rs2",  "lsu.lb",  C.LOAD),
        ("cv.lh",  "0000001 rs2 rs1+ 011 rd 0101011",               "rd, (rs1), rs2",  "lsu.lh",  C.LOAD),
        ("cv.lw",  "0000010 rs2 rs1+ 011 rd 0101011",               "rd, (rs1), rs2",  "lsu.lw",  C.LOAD),
        ("cv.lbu", "0001000 rs2 rs1+ 011 rd 0101011",               "rd, (rs1), rs2",  "lsu.lbu", C.LOAD),
        ("cv.lhu", "0001001 rs2 rs1+ 011 rd 0101011",               "rd, (rs1), rs2",  "lsu.lhu", C.LOAD),
        ("cv.lb",  "0000100 rs2 rs1 011 rd 0101011",                "rd, rs2(rs1)",    "lsu.lb",  C.LOAD),
        ("cv.lh",  "0000101 rs2 rs1 011 rd 0101011",                "rd, rs2(rs1)",    "lsu.lh",  C.LOAD),
        ("cv.lw",  "0000110 rs2 rs1 011 rd 0101011",                "rd, rs2(rs1)",    "lsu.lw",  C.LOAD),
        ("cv.lbu", "0001100 rs2 rs1 011 rd 0101011",                "rd, rs2(rs1)",    "lsu.lbu", C.LOAD),
        ("cv.lhu", "0001101 rs2 rs1 011 rd 0101011",                "rd, rs2(rs1)",    "lsu.lhu", C.LOAD),
        ("cv.sb",  "0010000 rs2 rs1+ 011 rs3 0101011",              "rs2, (rs1), rs3", "lsu.sb",  C.STORE),
        ("cv.sh",  "0010001 rs2 rs1+ 011 rs3 0101011",              "rs2, (rs1), rs3", "lsu.sh",  C.STORE),
        ("cv.sw",  "0010010 rs2 rs1+ 011 rs3 0101011",              "rs2, (rs1), rs3", "lsu.sw",  C.STORE),
        ("cv.sb",  "0010100 rs2 rs1 011 rs3 0101011",               "rs2, rs3(rs1)",   "lsu.sb",  C.STORE),
        ("cv.sh",  "0010101 rs2 rs1 011 rs3 0101011",               "rs2, rs3(rs1)",   "lsu.sh",  C.STORE),
        ("cv.sw",  "0010110 rs2 rs1 011 rs3 0101011",               "rs2, rs3(rs1)",   "lsu.sw",  C.STORE),
    ),
    "xcvhwlp": (
        ("cv.starti", "uimm[13:2] 00000 100 0000 loop[0] 0101011",             "loop, uimm",       "loop.start", C.SINGLE),
        ("cv.start",  "000000000000 rs1 100 0001 loop[0] 0101011",             "loop, rs1",        "loop.start", C.SINGLE),
        ("cv.endi",   "uimm[13:2] 00000 100 0010 loop[0] 0101011",             "loop, uimm",       "loop.end",   C.SINGLE),
        ("cv.end",    "000000000000 rs1 100 0011 loop[0] 0101011",             "loop, rs1",        "loop.end",   C.SINGLE),
        ("cv.counti", "count[11:0] 00000 100 0100 loop[0] 0101011",            "loop, count",      "loop.count", C.SINGLE),
        ("cv.count",  "000000000000 rs1 100 0101 loop[0] 0101011",             "loop, rs1",        "loop.count", C.SINGLE),
        ("cv.setupi", "count[11:0] uimm[6:2] 100 0110 loop[0] 0101011",        "loop, count, uimm", "loop.setup", C.SINGLE),
        ("cv.setup",  "uimm[13:2] rs1 100 0111 loop[0] 0101011",               "loop, rs1, uimm",  "loop.setup", C.SINGLE),
    ),
    "xcvalu": (
        ("cv.abs",     "0101000 00000 rs1 011 rd 0101011",    "rd, rs1",           "alu.abs",        C.SINGLE),
        ("cv.sle",     "0101001 rs2 rs1 011 rd 0101011",      _RRR,                "alu.sle",        C.SINGLE),
        ("cv.sleu",    "0101010 rs2 rs1 011 rd 0101011",      _RRR,                "alu.sleu",       C.SINGLE),
        ("cv.min",     "0101011 rs2 rs1 011 rd 0101011",      _RRR,                "alu.min",        C.SINGLE),
        ("cv.minu",    "0101100 rs2 rs1 011 rd 0101011",      _RRR,                "alu.minu",       C.SINGLE),
        ("cv.max",     "0101101 rs2 rs1 011 rd 0101011",      _RRR,                "alu.max",        C.SINGLE),
        ("cv.maxu",    "0101110 rs2 rs1 011 rd 0101011",      _RRR,                "alu.maxu",       C.SINGLE),
        ("cv.exths",   "0110000 00000 rs1 011 rd 0101011",    "rd, rs1",           "alu.exths",      C.SINGLE),
        ("cv.exthz",   "0110001 00000 rs1 011 rd 0101011",    "rd, rs1",           "alu.exthz",      C.SINGLE),
        ("cv.extbs",   "0110010 00000 rs1 011 rd 0101011",    "rd, rs1",           "alu.extbs",      C.SINGLE),
        ("cv.extbz",   "0110011 00000 rs1 011 rd 0101011",    "rd, rs1",           "alu.extbz",      C.SINGLE),
        ("cv.clip",    "0111000 is2[4:0] rs1 011 rd 0101011", "rd, rs1, is2",      "alu.clip",       C.SINGLE),
        ("cv.clipu",   "0111001 is2[4:0] rs1 011 rd 0101011", "rd, rs1, is2",      "alu.clipu",      C.SINGLE),
        ("cv.clipr",   "0111010 rs2 rs1 011 rd 0101011",      _RRR,                "alu.clip",       C.SINGLE),
        ("cv.clipur",  "0111011 rs2 rs1 011 rd 0101011",      _RRR,                "alu.clipu",      C.SINGLE),
        ("cv.addn",    "00 is3[4:0] rs2 rs1 010 rd 1011011",  "rd, rs1, rs2, is3", "alu.addn",       C.SINGLE),
        ("cv.addun",   "01 is3[4:0] rs2 rs1 010 rd 1011011",  "rd, rs1, rs2, is3", "alu.addun",      C.SINGLE),
        ("cv.addrn",   "10 is3[4:0] rs2 rs1 010 rd 1011011",  "rd, rs1, rs2, is3", "alu.addrn",      C.SINGLE),
        ("cv.addurn",  "11 is3[4:0] rs2 rs1 010 rd 1011011",  "rd, rs1, rs2, is3", "alu.addurn",     C.SINGLE),
        ("cv.subn",    "00 is3[4:0] rs2 rs1 011 rd 1011011",  "rd, rs1, rs2, is3", "alu.subn",       C.SINGLE),
        ("cv.subun",   "01 is3[4:0] rs2 rs1 011 rd 1011011",  "rd, rs1, rs2, is3", "alu.subun",      C.SINGLE),
        ("cv.subrn",   "10 is3[4:0] rs2 rs1 011 rd 1011011",  "rd, rs1, rs2, is3", "alu.subrn",      C.SINGLE),
        ("cv.suburn",  "11 is3[4:0] rs2 rs1 011 rd 1011011",  "rd, rs1, rs2, is3", "alu.suburn",     C.SINGLE),
        ("cv.addnr",   "1000000 rs2 rs1 011 rd+ 0101011",     _RRR,                "alu.addn",       C.SINGLE),
        ("cv.addunr",  "1000001 rs2 rs1 011 rd+ 0101011",     _RRR,                "alu.addun",      C.SINGLE),
        ("cv.addrnr",  "1000010 rs2 rs1 011 rd+ 0101011",     _RRR,                "alu.addrn",      C.SINGLE),
        ("cv.addurnr", "1000011 rs2 rs1 011 rd+ 0101011",     _RRR,                "alu.addurn",     C.SINGLE),
        ("cv.subnr",   "1000100 rs2 rs1 011 rd+ 0101011",     _RRR,                "alu.subn",       C.SINGLE),
        ("cv.subunr",  "1000101 rs2 rs1 011 rd+ 0101011",     _RRR,                "alu.subun",      C.SINGLE),
        ("cv.subrnr",  "1000110 rs2 rs1 011 rd+ 0101011",     _RRR,                "alu.subrn",      C.SINGLE),
        ("cv.suburnr", "1000111 rs2 rs1 011 rd+ 0101011",     _RRR,                "alu.suburn",     C.SINGLE),
    ),
    "xcvbitmanip": (
        ("cv.extract",   "00 is3[4:0] is2[4:0] rs1 000 rd 1011011",  "rd, rs1, is3, is2", "alu.extract",  C.SINGLE),
        ("cv.extractu",  "01 is3[4:0] is2[4:0] rs1 000 rd 1011011",  "rd, rs1, is3, is2", "alu.extractu", C.SINGLE),
        ("cv.insert",    "10 is3[4:0] is2[4:0] rs1 000 rd+ 1011011", "rd, rs1, is3, is2", "alu.insert",   C.SINGLE),
        ("cv.bclr",      "00 is3[4:0] is2[4:0] rs1 001 rd 1011011",  "rd, rs1, is3, is2", "alu.bclr",     C.SINGLE),
        ("cv.bset",      "01 is3[4:0] is2[4:0] rs1 001 rd 1011011",  "rd, rs1, is3, is2", "alu.bset",     C.SINGLE),
        ("cv.extractr",  "0011000 rs2 rs1 011 rd 0101011",   _RRR,      "alu.extract",  C.SINGLE),
        ("cv.extractur", "0011001 rs2 rs1 011 rd 0101011",   _RRR,      "alu.extractu", C.SINGLE),
        ("cv.insertr",   "0011010 rs2 rs1 011 rd+ 0101011",  _RRR,      "alu.insert",   C.SINGLE),
        ("cv.bclrr",     "0011100 rs2 rs1 011 rd 0101011",   _RRR,      "alu.bclr",     C.SINGLE),
        ("cv.bsetr",     "0011101 rs2 rs1 011 rd 0101011",   _RRR,      "alu.bset",     C.SINGLE),
        ("cv.ror",       "0100000 rs2 rs1 011 rd 0101011",   _RRR,      "alu.ror",      C.SINGLE),
        ("cv.ff1",       "0100001 00000 rs1 011 rd 0101011", "rd, rs1", "alu.ff1",      C.SINGLE),
        ("cv.fl1",       "0100010 00000 rs1 011 rd 0101011", "rd, rs1", "alu.fl1",      C.SINGLE),
        ("cv.clb",       "0100011 00000 rs1 011 rd 0101011", "rd, rs1", "alu.clb",      C.SINGLE),
        ("cv.cnt",       "0100100 00000 rs1 011 rd 0101011", "rd, rs1", "alu.cnt",      C.SINGLE),
    ),
    "xcvmac": (
        ("cv.mac",       "1001000 rs2 rs1 011 rd+ 0101011",      _RRR,                "mul.mac",       C.SINGLE),
        ("cv.msu",       "1001001 rs2 rs1 011 rd+ 0101011",      _RRR,                "mul.msu",       C.SINGLE),
        ("cv.mulsn",     "00 is3[4:0] rs2 rs1 100 rd 1011011",   "rd, rs1, rs2, is3", "mul.mulsn",     C.SINGLE),
        ("cv.mulhhsn",   "01 is3[4:0] rs2 rs1 100 rd 1011011",   "rd, rs1, rs2, is3", "mul.mulhhsn",   C.SINGLE),
        ("cv.mulsrn",    "10 is3[4:0] rs2 rs1 100 rd 1011011",   "rd, rs1, rs2, is3", "mul.mulsrn",    C.SINGLE),
        ("cv.mulhhsrn",  "11 is3[4:0] rs2 rs1 100 rd 1011011",   "rd, rs1, rs2, is3", "mul.mulhhsrn",  C.SINGLE),
        ("cv.mulun",     "00 is3[4:0] rs2 rs1 101 rd 1011011",   "rd, rs1, rs2, is3", "mul.mulun",     C.SINGLE),
        ("cv.mulhhun",   "01 is3[4:0] rs2 rs1 101 rd 1011011",   "rd, rs1, rs2, is3", "mul.mulhhun",   C.SINGLE),
        ("cv.mulurn",    "10 is3[4:0] rs2 rs1 101 rd 1011011",   "rd, rs1, rs2, is3", "mul.mulurn",    C.SINGLE),
        ("cv.mulhhurn",  "11 is3[4:0] rs2 rs1 101 rd 1011011",   "rd, rs1, rs2, is3", "mul.mulhhurn",  C.SINGLE),
        ("cv.macsn",     "00 is3[4:0] rs2 rs1 110 rd+ 1011011",  "rd, rs1, rs2, is3", "mul.macsn",     C.SINGLE),
        ("cv.machhsn",   "01 is3[4:0] rs2 rs1 110 rd+ 1011011",  "rd, rs1, rs2, is3", "mul.machhsn",   C.SINGLE),
        ("cv.macsrn",    "10 is3[4:0] rs2 rs1 110 rd+ 1011011",  "rd, rs1, rs2, is3", "mul.macsrn",    C.SINGLE),
        ("cv.machhsrn",  "11 is3[4:0] rs2 rs1 110 rd+ 1011011",  "rd, rs1, rs2, is3", "mul.machhsrn",  C.SINGLE),
        ("cv.macun",     "00 is3[4:0] rs2 rs1 111 rd+ 1011011",  "rd, rs1, rs2, is3", "mul.macun",     C.SINGLE),
        ("cv.machhun",   "01 is3[4:0] rs2 rs1 111 rd+ 1011011",  "rd, rs1, rs2, is3", "mul.machhun",   C.SINGLE),
        ("cv.macurn",    "10 is3[4:0] rs2 rs1 111 rd+ 1011011",  "rd, rs1, rs2, is3", "mul.macurn",    C.SINGLE),
        ("cv.machhurn",  "11 is3[4:0] rs2 rs1 111 rd+ 1011011",  "rd, rs1, rs2, is3", "mul.machhurn",  C.SINGLE),
    ),
    "xcvsimd": (
        ("cv.abs.h",           "01110 0 0 00000 rs1 000 rd 1111011",                "rd, rs1",       "alu.abs.h",        C.SINGLE),
        ("cv.abs.b",           "01110 0 0 00000 rs1 001 rd 1111011",                "rd, rs1",       "alu.abs.b",        C.SINGLE),
        ("cv.extract.h",       "10111 0 uimm[0] 00000 rs1 000 rd 1111011",          "rd, rs1, uimm", "alu.lane_get.h",   C.SINGLE),
        ("cv.extract.b",       "10111 0 uimm[0] 0000 uimm[1] rs1 001 rd 1111011",   "rd, rs1, uimm", "alu.lane_get.b",   C.SINGLE),
        ("cv.extractu.h",      "10111 0 uimm[0] 00000 rs1 010 rd 1111011",          "rd, rs1, uimm", "alu.lane_getu.h",  C.SINGLE),
        ("cv.extractu.b",      "10111 0 uimm[0] 0000 uimm[1] rs1 011 rd 1111011",   "rd, rs1, uimm", "alu.lane_getu.b",  C.SINGLE),
        ("cv.insert.h",        "10111 0 uimm[0] 00000 rs1 100 rd+ 1111011",         "rd, rs1, uimm", "alu.lane_put.h",   C.SINGLE),
        ("cv.insert.b",        "10111 0 uimm[0] 0000 uimm[1] rs1 101 rd+ 1111011",  "rd, rs1, uimm", "alu.lane_put.b",   C.SINGLE),
        ("cv.shuffle.h",       "11000 0 0 rs2 rs1 000 rd 1111011",                  _RRR,            "alu.shuffle.h",    C.SINGLE),
        ("cv.shuffle.b",       "11000 0 0 rs2 rs1 001 rd 1111011",                  _RRR,            "alu.shuffle.b",    C.SINGLE),
        ("cv.shuffle.sci.h",   "11000 0 uimm[0] 0000 uimm[1] rs1 110 rd 1111011",   "rd, rs1, uimm", "alu.shufflei.h",   C.SINGLE),
        ("cv.shufflei0.sci.b", "11000 0 uimm[0] uimm[5:1] rs1 111 rd 1111011",      "rd, rs1, uimm", "alu.shufflei0.b",  C.SINGLE),
        ("cv.shufflei1.sci.b", "11001 0 uimm[0] uimm[5:1] rs1 111 rd 1111011",      "rd, rs1, uimm", "alu.shufflei1.b",  C.SINGLE),
        ("cv.shufflei2.sci.b", "11010 0 uimm[0] uimm[5:1] rs1 111 rd 1111011",      "rd, rs1, uimm", "alu.shufflei2.b",  C.SINGLE),
        ("cv.shufflei3.sci.b", "11011 0 uimm[0] uimm[5:1] rs1 111 rd 1111011",      "rd, rs1, uimm", "alu.shufflei3.b",  C.SINGLE),
        ("cv.shuffle2.h",      "11100 0 0 rs2 rs1 000 rd+ 1111011",                 _RRR,            "alu.shuffle2.h",   C.SINGLE),
        ("cv.shuffle2.b",      "11100 0 0 rs2 rs1 001 rd+ 1111011",                 _RRR,            "alu.shuffle2.b",   C.SINGLE),
        ("cv.pack",            "11110 0 0 rs2 rs1 000 rd 1111011",                  _RRR,            "alu.pack",         C.SINGLE),
        ("cv.pack.h",          "11110 0 1 rs2 rs1 000 rd 1111011",                  _RRR,            "alu.packh",        C.SINGLE),
        ("cv.packlo.b",        "11111 0 0 rs2 rs1 001 rd+ 1111011",                 _RRR,            "alu.packlo",       C.SINGLE),
        ("cv.packhi.b",        "11111 0 1 rs2 rs1 001 rd+ 1111011",                 _RRR,            "alu.packhi",       C.SINGLE),
    ),
    "xcvbi": (
        ("cv.beqimm", "imm[12|10:5] imm5[4:0] rs1 110 imm[4:1|11] 0001011", "rs1, imm5, imm", "branch.eq", C.BRANCH),
        ("cv.bneimm", "imm[12|10:5] imm5[4:0] rs1 111 imm[4:1|11] 0001011", "rs1, imm5, imm", "branch.ne", C.BRANCH),
    ),
    "xcvelw": (
        ("cv.elw", "imm[11:0] rs1 011 rd 0001011", _MEM, "lsu.lw", C.EVENT),
    ),
    "xcvbitrev": (
        ("cv.bitrev", "11000 is3[1:0] is2[4:0] rs1 001 rd 1011011", "rd, rs1, is3, is2", "alu.bitrev", C.SINGLE),
    ),
}

#: Complex numbers: funct7, mnemonic, unit, operation, operands, forms. A form divides by 2 to its number,
#: which is in the upper two bits of funct3.
_COMPLEX: tuple[tuple[str, str, str, str, str, range], ...] = (
    ("0101010", "cv.cplxmul.r", "mul", "cplxmul_r", "rs2 rs1 rd+", range(4)),
    ("0101011", "cv.cplxmul.i", "mul", "cplxmul_i", "rs2 rs1 rd+", range(4)),
    ("0101110", "cv.cplxconj",  "alu", "cplxconj",  "00000 rs1 rd", range(1)),
    ("0110010", "cv.subrotmj",  "alu", "subrotmj",  "rs2 rs1 rd",  range(4)),
    ("0110110", "cv.add",       "alu", "scaled_add", "rs2 rs1 rd", range(1, 4)),
    ("0111010", "cv.sub",       "alu", "scaled_sub", "rs2 rs1 rd", range(1, 4)),
)

#: SIMD families: funct5, F, name, unit, immediate of the .sci form, reads rd, for .h and .b each as
#: vector-vector, vector-scalar (.sc) and vector-immediate (.sci).
_SIMD_FAMILIES: tuple[tuple[str, str, str, str, str, bool], ...] = (
    ("00000", "0", "add",     "alu", "imm",   False),
    ("00001", "0", "sub",     "alu", "imm",   False),
    ("00010", "0", "avg",     "alu", "imm",   False),
    ("00011", "0", "avgu",    "alu", "uimm",  False),
    ("00100", "0", "min",     "alu", "imm",   False),
    ("00101", "0", "minu",    "alu", "uimm",  False),
    ("00110", "0", "max",     "alu", "imm",   False),
    ("00111", "0", "maxu",    "alu", "uimm",  False),
    ("01000", "0", "srl",     "alu", "shift", False),
    ("01001", "0", "sra",     "alu", "shift", False),
    ("01010", "0", "sll",     "alu", "shift", False),
    ("01011", "0", "or",      "alu", "imm",   False),
    ("01100", "0", "xor",     "alu", "imm",   False),
    ("01101", "0", "and",     "alu", "imm",   False),
    ("10000", "0", "dotup",   "mul", "uimm",  False),
    ("10001", "0", "dotusp",  "mul", "imm",   False),
    ("10010", "0", "dotsp",   "mul", "imm",   False),
    ("10011", "0", "sdotup",  "mul", "uimm",  True),
    ("10100", "0", "sdotusp", "mul", "imm",   True),
    ("10101", "0", "sdotsp",  "mul", "imm",   True),
    ("00000", "1", "cmpeq",   "alu", "imm",   False),
    ("00001", "1", "cmpne",   "alu", "imm",   False),
    ("00010", "1", "cmpgt",   "alu", "imm",   False),
    ("00011", "1", "cmpge",   "alu", "imm",   False),
    ("00100", "1", "cmplt",   "alu", "imm",   False),
    ("00101", "1", "cmple",   "alu", "imm",   False),
    ("00110", "1", "cmpgtu",  "alu", "uimm",  False),
    ("00111", "1", "cmpgeu",  "alu", "uimm",  False),
    ("01000", "1", "cmpltu",  "alu", "uimm",  False),
    ("01001", "1", "cmpleu",  "alu", "uimm",  False),
)
# fmt: on

#: Form, source of the second operand, suffix of the operation ("sc": lane 0 replicated), funct3 of .h and .b.
_SIMD_FORMS = (
    ("", "0 rs2", "", ("000", "001")),
    (".sc", "0 rs2", ".sc", ("100", "101")),
    (".sci", "", ".sc", ("110", "111")),
)


#: Bits 25:20 of the .sci form by its kind of immediate; bits that the lane does not need must be zero.
_SIMD_IMMEDIATES = {
    "imm": {"h": "imm[0] imm[5:1]", "b": "imm[0] imm[5:1]"},
    "uimm": {"h": "uimm[0] uimm[5:1]", "b": "uimm[0] uimm[5:1]"},
    "shift": {"h": "uimm[0] 00 uimm[3:1]", "b": "uimm[0] 000 uimm[2:1]"},
}


def _simd_families() -> list[Instruction]:
    found = []
    for funct5, f, name, unit, immediate, accumulates in _SIMD_FAMILIES:
        for form, second, suffix, funct3s in _SIMD_FORMS:
            for lanes, funct3 in zip("hb", funct3s, strict=True):
                source = second or _SIMD_IMMEDIATES[immediate][lanes]
                operand = "rs2" if second else source.partition("[")[0]
                found.append(
                    Instruction(
                        mnemonic=f"cv.{name}{form}.{lanes}",
                        extension="xcvsimd",
                        encoding=f"{funct5} {f} {source} rs1 {funct3} rd{'+' * accumulates} 1111011",
                        operands=f"rd, rs1, {operand}",
                        operation=f"{unit}.{name}.{lanes}{suffix}",
                        cycles=C.SINGLE,
                    )
                )
    return found


def _complex() -> list[Instruction]:
    found = []
    for funct7, mnemonic, unit, operation, fields, forms in _COMPLEX:
        second, first, destination = fields.split()
        for form in forms:
            divides = f".div{1 << form}" if form else ""
            found.append(
                Instruction(
                    mnemonic=f"{mnemonic}{divides}",
                    extension="xcvcplx",
                    encoding=f"{funct7} {second} {first} {form:02b}0 {destination} 1111011",
                    operands="rd, rs1, rs2" if second == "rs2" else "rd, rs1",
                    operation=f"{unit}.{operation}.h{divides}",
                    cycles=C.SINGLE,
                )
            )
    return found


#: Every instruction, in the order of EXTENSIONS.
INSTRUCTIONS: tuple[Instruction, ...] = tuple(
    instruction
    for extension in EXTENSIONS
    for instruction in [
        *rows(extension, _LITERAL.get(extension, ())),
        *(_simd_families() if extension == "xcvsimd" else ()),
        *(_complex() if extension == "xcvcplx" else ()),
    ]
)
