"""RV32I: arithmetic on registers and immediates."""

from sim.iss.bits import MASK, signed

VALUES = {
    "lui": lambda imm: imm & MASK,
    "add": lambda a, b: a + b & MASK,
    "sub": lambda a, b: a - b & MASK,
    "sll": lambda a, b: a << (b & 31) & MASK,
    "slt": lambda a, b: int(signed(a) < signed(b)),
    "sltu": lambda a, b: int(a < b & MASK),
    "xor": lambda a, b: (a ^ b) & MASK,
    "srl": lambda a, b: a >> (b & 31),
    "sra": lambda a, b: signed(a) >> (b & 31) & MASK,
    "or": lambda a, b: (a | b) & MASK,
    "and": lambda a, b: a & b & MASK,
}

# An immediate is sign-extended like a negative integer, so that the same functions serve.
VALUES |= {
    immediate: VALUES[register]
    for immediate, register in {
        "addi": "add",
        "slti": "slt",
        "sltiu": "sltu",
        "xori": "xor",
        "ori": "or",
        "andi": "and",
        "slli": "sll",
        "srli": "srl",
        "srai": "sra",
    }.items()
}
