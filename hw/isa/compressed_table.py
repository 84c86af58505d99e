"""The table of compressed instructions of 32-bit cores without floating point (Zca).

Encodings, reserved codes and HINTs are those of the RISC-V unprivileged manual, extension C. A code that no
row matches is illegal. Decompressor, instruction-set model, random programs and docs/isa.md derive from it.
"""
# ruff: noqa: E501 - rows of a table stay on one line

from collections.abc import Mapping

from hw.isa.compressed import Compressed
from hw.isa.instruction_set import InstructionSet
from hw.isa.table import INSTRUCTIONS

#: Mnemonic, encoding, operands, expansion, codes that are not the row's, HINTs. Of the last two, blanks part
#: alternatives, and ``&`` joins fields that must all have their value.
# fmt: off
_LITERAL: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("c.addi4spn", "000 uimm[5:4|9:6|2|3] rd' 00",              "rd', x2, uimm",   "addi rd', x2, uimm",    "uimm=0",       ""),
    ("c.lw",       "010 uimm[5:3] rs1' uimm[2|6] rd' 00",       "rd', uimm(rs1')", "lw rd', uimm(rs1')",    "",             ""),
    ("c.sw",       "110 uimm[5:3] rs1' uimm[2|6] rs2' 00",      "rs2', uimm(rs1')", "sw rs2', uimm(rs1')",  "",             ""),
    ("c.nop",      "000 0 00000 00000 01",                      "",                "addi x0, x0, 0",        "",             ""),
    ("c.addi",     "000 imm[5] rd imm[4:0] 01",                 "rd, imm",         "addi rd, rd, imm",      "rd=0&imm=0",   "rd=0 imm=0"),
    ("c.jal",      "001 imm[11|4|9:8|10|6|7|3:1|5] 01",         "imm",             "jal x1, imm",           "",             ""),
    ("c.li",       "010 imm[5] rd imm[4:0] 01",                 "rd, imm",         "addi rd, x0, imm",      "",             "rd=0"),
    ("c.addi16sp", "011 imm[9] 00010 imm[4|6|8:7|5] 01",        "x2, imm",         "addi x2, x2, imm",      "imm=0",        ""),
    ("c.lui",      "011 imm[17] rd imm[16:12] 01",              "rd, imm",         "lui rd, imm",           "rd=2 imm=0",   "rd=0"),
    ("c.srli",     "100 0 00 rd' uimm[4:0] 01",                 "rd', uimm",       "srli rd', rd', uimm",   "",             "uimm=0"),
    ("c.srai",     "100 0 01 rd' uimm[4:0] 01",                 "rd', uimm",       "srai rd', rd', uimm",   "",             "uimm=0"),
    ("c.andi",     "100 imm[5] 10 rd' imm[4:0] 01",             "rd', imm",        "andi rd', rd', imm",    "",             ""),
    ("c.sub",      "100 0 11 rd' 00 rs2' 01",                   "rd', rs2'",       "sub rd', rd', rs2'",    "",             ""),
    ("c.xor",      "100 0 11 rd' 01 rs2' 01",                   "rd', rs2'",       "xor rd', rd', rs2'",    "",             ""),
    ("c.or",       "100 0 11 rd' 10 rs2' 01",                   "rd', rs2'",       "or rd', rd', rs2'",     "",             ""),
    ("c.and",      "100 0 11 rd' 11 rs2' 01",                   "rd', rs2'",       "and rd', rd', rs2'",    "",             ""),
    ("c.j",        "101 imm[11|4|9:8|10|6|7|3:1|5] 01",         "imm",             "jal x0, imm",           "",             ""),
    ("c.beqz",     "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01",     "rs1', imm",       "beq rs1', x0, imm",     "",             ""),
    ("c.bnez",     "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01",     "rs1', imm",       "bne rs1', x0, imm",     "",             ""),
    ("c.slli",     "000 0 rd uimm[4:0] 10",                     "rd, uimm",        "slli rd, rd, uimm",     "",             "rd=0 uimm=0"),
    ("c.lwsp",     "010 uimm[5] rd uimm[4:2|7:6] 10",           "rd, uimm(x2)",    "lw rd, uimm(x2)",       "rd=0",         ""),
    ("c.jr",       "100 0 rs1 00000 10",                        "rs1",             "jalr x0, 0(rs1)",       "rs1=0",        ""),
    ("c.mv",       "100 0 rd rs2 10",                           "rd, rs2",         "add rd, x0, rs2",       "rs2=0",        "rd=0"),
    ("c.ebreak",   "100 1 00000 00000 10",                      "",                "ebreak",                "",             ""),
    ("c.jalr",     "100 1 rs1 00000 10",                        "rs1",             "jalr x1, 0(rs1)",       "rs1=0",        ""),
    ("c.add",      "100 1 rd rs2 10",                           "rd, rs2",         "add rd, rd, rs2",       "rs2=0",        "rd=0"),
    ("c.swsp",     "110 uimm[5:2|7:6] rs2 10",                  "rs2, uimm(x2)",   "sw rs2, uimm(x2)",      "",             ""),
)
# fmt: on


def _conditions(text: str) -> tuple[Mapping[str, int], ...]:
    """Alternatives of fields and their values."""
    return tuple(
        {name: int(value) for name, _, value in (term.partition("=") for term in alternative.split("&"))}
        for alternative in text.split()
    )


def _rows() -> tuple[Compressed, ...]:
    expansions = InstructionSet(INSTRUCTIONS, ())
    found = []
    for mnemonic, encoding, operands, expansion, excluded, hints in _LITERAL:
        name, _, arguments = expansion.partition(" ")
        row = expansions.named(name)
        conditions = _conditions(excluded), _conditions(hints)
        found.append(Compressed(mnemonic, encoding, operands, row, arguments, *conditions))
    return tuple(found)


#: Every compressed instruction; no code is in two rows.
COMPRESSED: tuple[Compressed, ...] = _rows()
