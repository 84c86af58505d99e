"""One line for each operation: what its result is, as an expression of unbounded arithmetic.

Written from the manuals (CV32E40P user manual, RISC-V unprivileged manual), not from the RTL: no function
here is shared with it. Operands come in the assembler's order, the old rd first where it is read; lane-wise
operations are given lanes. Amaranth's operators do not wrap: slices do where the manual says so.
"""

from collections.abc import Callable

from amaranth.hdl import Cat, Const, Mux, Value

from hw.isa.encoding import SIGNED_FIELDS, Encoded
from hw.isa.instruction import Instruction

Function = Callable[..., Value]


def _fit(value: Value, width: int = 32) -> Value:
    """Wrapped to the width, or extended to it by its sign if it has one."""
    if len(value) >= width:
        return value[:width]
    top = value[-1] if value.shape().signed else Const(0, 1)
    return Cat(value, top.replicate(width - len(value)))


def _s(value: Value) -> Value:
    return value.as_signed()


def _u(value: Value) -> Value:
    return value.as_unsigned()


def _by(amount: Value, width: int) -> Value:
    """A shift amount: as many bits as the width needs."""
    return amount[: width.bit_length() - 1]


def _half(amount: Value) -> Value:
    """The addend of rounding: 2**(amount - 1), 0 for an amount of 0."""
    return (Const(1, 1) << amount) >> 1


def _least(a: Value, b: Value) -> Value:
    return Mux(a < b, a, b)


def _most(a: Value, b: Value) -> Value:
    return Mux(a > b, a, b)


def _mask(condition: Value, width: int) -> Value:
    return condition.replicate(width)


def _first_set(bits: list[Value]) -> Value:
    """Number of the first bit that is set, 32 if none is."""
    number: Value = Const(32, 6)
    for position in reversed(range(32)):
        number = Mux(bits[position], position, number)
    return number


def _clb(a: Value) -> Value:
    """Bits below the sign that repeat it; 0 for 0."""
    run: Value = Const(31, 6)
    for below in reversed(range(31)):
        run = Mux(a[30 - below] != a[31], below, run)
    return Mux(a == 0, 0, run)


def _fl1(a: Value) -> Value:
    found = _first_set([a[31 - i] for i in range(32)])
    return Mux(found == 32, 32, 31 - found)


def _bitrev(a: Value, radix: Value, low: Value) -> Value:
    """Groups of radix + 1 bits of a << low, the last one first; single bits for radix 3."""
    shifted = (a << low)[:32]
    ones = Cat(*(shifted[31 - i] for i in range(32)))
    pairs = Cat(*(shifted[30 - i // 2 * 2 + i % 2] for i in range(32)))
    triples = Cat(*(shifted[29 - i // 3 * 3 + i % 3] for i in range(30)))
    return Mux(radix == 1, pairs, Mux(radix == 2, triples, ones))


def _bound(is2: Value) -> Value:
    """2**(is2 - 1) - 1, and 0 for is2 = 0."""
    return Mux(is2 == 0, 0, _half(is2) - 1)


#: Value of rd from lanes, or from words: the operands have the width of the lane.
LANE_WISE: dict[str, Function] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "xor": lambda a, b: a ^ b,
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "sll": lambda a, b: a << _by(b, len(a)),
    "srl": lambda a, b: a >> _by(b, len(a)),
    "sra": lambda a, b: _s(a) >> _by(b, len(a)),
    "min": lambda a, b: _least(_s(a), _s(b)),
    "minu": lambda a, b: _least(a, b),
    "max": lambda a, b: _most(_s(a), _s(b)),
    "maxu": lambda a, b: _most(a, b),
    "abs": lambda a: Mux(_s(a) < 0, -a, a),
    "avg": lambda a, b: _s((a + b)[: len(a)]) >> 1,  # the sum wraps in its lane
    "avgu": lambda a, b: (a + b)[: len(a)] >> 1,
    "cmpeq": lambda a, b: _mask(a == b, len(a)),
    "cmpne": lambda a, b: _mask(a != b, len(a)),
    "cmpgt": lambda a, b: _mask(_s(a) > _s(b), len(a)),
    "cmpge": lambda a, b: _mask(_s(a) >= _s(b), len(a)),
    "cmplt": lambda a, b: _mask(_s(a) < _s(b), len(a)),
    "cmple": lambda a, b: _mask(_s(a) <= _s(b), len(a)),
    "cmpgtu": lambda a, b: _mask(a > b, len(a)),
    "cmpgeu": lambda a, b: _mask(a >= b, len(a)),
    "cmpltu": lambda a, b: _mask(a < b, len(a)),
    "cmpleu": lambda a, b: _mask(a <= b, len(a)),
}

#: Value of rd from whole words.
WORDS: dict[str, Function] = {
    "slt": lambda a, b: _s(a) < _s(b),
    "sltu": lambda a, b: a < b,
    "sle": lambda a, b: _s(a) <= _s(b),
    "sleu": lambda a, b: a <= b,
    "exths": lambda a: _s(a[:16]),
    "exthz": lambda a: a[:16],
    "extbs": lambda a: _s(a[:8]),
    "extbz": lambda a: a[:8],
    "addn": lambda a, b, n: _s((a + b)[:32]) >> n[:5],
    "addun": lambda a, b, n: (a + b)[:32] >> n[:5],
    "addrn": lambda a, b, n: _s((a + b + _half(n[:5]))[:32]) >> n[:5],
    "addurn": lambda a, b, n: (a + b + _half(n[:5]))[:32] >> n[:5],
    "subn": lambda a, b, n: _s((a - b)[:32]) >> n[:5],
    "subun": lambda a, b, n: _u((a - b)[:32]) >> n[:5],
    "subrn": lambda a, b, n: _s((a - b + _half(n[:5]))[:32]) >> n[:5],
    "suburn": lambda a, b, n: _u((a - b + _half(n[:5]))[:32]) >> n[:5],
    "ror": lambda a, b: Cat(a, a) >> b[:5],
    "ff1": lambda a: _first_set(list(a)),
    "fl1": _fl1,
    "clb": _clb,
    "cnt": lambda a: sum(a[1:], start=a[0]),
    "bitrev": _bitrev,
    "pack": lambda a, b: Cat(b[:16], a[:16]),
    "packh": lambda a, b: Cat(b[16:], a[16:]),
    "packlo": lambda rd, a, b: Cat(b[:8], a[:8], rd[16:]),
    "packhi": lambda rd, a, b: Cat(rd[:16], b[:8], a[:8]),
}


def _clip(row: Instruction, name: str, a: Value, b: Value) -> Value:
    bound = Cat(_bound(b) if "is2" in row.fields else b[:31], Const(0, 1))[:32]
    low = Const(0, 1) if name == "clipu" else ~_s(bound)  # -(bound + 1)
    return _most(_least(_s(a), _s(bound)), low)


def _bit_field(row: Instruction, name: str, operands: list[Value]) -> Value:
    """Bits ``top`` to ``low`` of a word, top = min(low + size, 31)."""
    *old, a, size, low = (
        operands if "is3" in row.fields else [*operands[:-1], operands[-1][5:10], operands[-1][:5]]
    )
    ones = Const(0xFFFF_FFFF, 32)
    field = (ones << low)[:32] & ~(ones << (size + low + 1))[:32]
    match name:
        case "bclr":
            return a & ~field
        case "bset":
            return a | field
        case "insert":
            return (old[0] & ~field) | ((a << low) & field)
    top = Mux(size + low > 31, 31, size + low)[:5]
    sign = (a >> top)[0] & (name == "extract")
    return ((a & field) >> low) | (_mask(sign, 32) & ~(field >> low))


def shift(row: Instruction) -> int:
    """Bits by which an instruction on complex numbers shifts its result beyond its plain form, 0 to 3."""
    return {"2": 1, "4": 2, "8": 3}.get(row.mnemonic.partition(".div")[2], 0)


def _complex(row: Instruction, name: str, operands: list[Value]) -> Value:
    """Sums and differences of complex numbers; lane 0 is the real part."""
    (real, imaginary), *rest = (_lanes(operand, 16) for operand in operands)
    if name == "cplxconj":
        return Cat(real, _fit(-_s(imaginary), 16))
    other_real, other_imaginary = rest[0]
    if name == "scaled_add":
        lanes = (real + other_real, imaginary + other_imaginary)
    elif name == "scaled_sub":
        lanes = (real - other_real, imaginary - other_imaginary)
    else:
        lanes = (imaginary - other_imaginary, other_real - real)
    return Cat(*(_fit(_s(lane[:16]) >> shift(row), 16) for lane in lanes))


def _lanes(value: Value, width: int) -> list[Value]:
    return [value[lane : lane + width] for lane in range(0, 32, width)]


def _pick(vector: list[Value], number: Value) -> Value:
    """The lane of this number, which wraps."""
    chosen = vector[-1]
    for position, lane in reversed(list(enumerate(vector[:-1]))):
        chosen = Mux(number[: (len(vector) - 1).bit_length()] == position, lane, chosen)
    return chosen


def _move(name: str, width: int, operands: list[Value]) -> Value | None:
    """Shuffles and single lanes; None if the operation is none of them."""
    *old, a, select = operands if len(operands) > 1 else (operands[0], operands[0])
    vector = _lanes(a, width)
    match name:
        case "lane_get":
            return _s(_pick(vector, select))
        case "lane_getu":
            return _pick(vector, select)
        case "lane_put":
            number = select[: (len(vector) - 1).bit_length()]
            return Cat(*(Mux(number == i, a[:width], lane) for i, lane in enumerate(_lanes(old[0], width))))
        case "shuffle":
            return Cat(*(_pick(vector, lane) for lane in _lanes(select, width)))
        case "shuffle2":
            pool = _lanes(old[0], width) + vector
            return Cat(*(_pick(pool, lane) for lane in _lanes(select, width)))
        case "shufflei":
            return Cat(_pick(vector, select[0:1]), _pick(vector, select[1:2]))
    if name.startswith("shufflei"):
        picked = (_pick(vector, select[2 * i : 2 * i + 2]) for i in range(3))
        return Cat(*picked, vector[int(name[-1])])
    return None


def field(row: Encoded, word: Value, name: str) -> Value:
    """Operand field of an instruction word: those of ``SIGNED_FIELDS`` are sign-extended to 32 bits."""
    bits: dict[int, Value] = {}
    for part in row.fields[name]:
        for i in range(part.width):
            bits[part.field_lsb + i] = word[part.lsb + i]
    value: Value = Cat(*(bits.get(i, Const(0, 1)) for i in range(row.field_width(name))))
    return _fit(value.as_signed()) if name in SIGNED_FIELDS else value


def result(row: Instruction, word: Value, registers: dict[str, Value]) -> Value:
    """The value that an ALU instruction writes to rd, 32 bits.

    Parameters
    ----------
    row : Instruction
        Of unit ``alu`` in the table.
    word : Value
        The instruction word.
    registers : dict of str to Value
        ``rs1``, ``rs2``, ``rd`` (its old value) and ``pc``.
    """
    _, name, *suffixes = row.operation.split(".")
    if row.mnemonic in ("lui", "auipc"):
        upper = field(row, word, "imm")
        return upper if row.mnemonic == "lui" else (registers["pc"] + upper)[:32]
    operands = [
        registers[source] if source in registers else field(row, word, source) for source in row.sources
    ]
    if row.extension == "xcvcplx":
        return _complex(row, name, operands)
    if name.startswith("clip"):
        return _fit(_clip(row, name, *operands))
    if name in ("extract", "extractu", "insert", "bclr", "bset"):
        return _fit(_bit_field(row, name, operands))
    if name in WORDS:
        return _fit(WORDS[name](*operands))
    width = next(({"h": 16, "b": 8}[suffix] for suffix in suffixes if suffix in "hb"), 32)
    if (moved := _move(name, width, operands)) is not None:
        return _fit(moved)
    vectors = [_lanes(_fit(operand), width) for operand in operands]
    if "sc" in suffixes:
        vectors[-1] = [vectors[-1][0]] * len(vectors[0])
    lanes = [LANE_WISE[name](*values) for values in zip(*vectors, strict=True)]
    return Cat(*(_fit(lane, width) for lane in lanes))


#: Condition of a branch.
_TAKEN: dict[str, Function] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: _s(a) < _s(b),
    "ge": lambda a, b: _s(a) >= _s(b),
    "ltu": lambda a, b: a < b,
    "geu": lambda a, b: a >= b,
}


def taken(row: Instruction, word: Value, registers: dict[str, Value]) -> Value:
    """True if a branch is taken."""
    second = registers["rs2"] if "rs2" in row.fields else field(row, word, "imm5")
    return _TAKEN[row.operation.partition(".")[2]](registers["rs1"], second.as_unsigned())


def second_vector(row: Instruction, word: Value, rs2: Value) -> Value:
    """The second operand of a multiplication or dot product, the same lane everywhere for .sc and .sci."""
    _, _, *suffixes = row.operation.split(".")
    source = row.sources[-1] if "is3" not in row.fields else "rs2"
    operand = rs2 if source == "rs2" else _fit(field(row, word, source))
    if "sc" not in suffixes:
        return operand
    width = 16 if "h" in suffixes else 8
    return operand[:width].replicate(32 // width)


def word_product(a: Value, b: Value) -> Value:
    """``(a * b)[31:0]`` in products of halves, by the distributive law."""
    low_a, high_a, low_b, high_b = a[:16], a[16:], b[:16], b[16:]
    return low_a * low_b + ((low_a * high_b + high_a * low_b) << 16)


def complex_part(a: Value, b: Value, *, real: bool) -> Value:
    """A part of a complex product before it is shifted; -x * y is ~x * y + y."""
    (real_a, imaginary_a), (real_b, imaginary_b) = (
        [_s(lane) for lane in _lanes(word, 16)] for word in (a, b)
    )
    if real:
        return real_a * real_b + ~imaginary_a * imaginary_b + imaginary_b
    return real_a * imaginary_b + imaginary_a * real_b


def _complex_product(row: Instruction, a: Value, b: Value, c: Value) -> Value:
    real = "cplxmul_r" in row.operation
    part = _fit(_s(_fit(complex_part(a, b, real=real))) >> 15 + shift(row), 16)
    return Cat(part, c[16:]) if real else Cat(c[:16], part)


def product(row: Instruction, a: Value, b: Value, c: Value, amount: Value) -> Value:
    """The value that a single-cycle instruction of the multiplier writes to rd, 32 bits; c is rd, or 0.

    ``b`` is the second vector, lane for lane.
    """
    _, name, *suffixes = row.operation.split(".")
    if name in ("mul", "mac"):
        return _fit(c + word_product(a, b))
    if name == "msu":
        return _fit(c - word_product(a, b))
    if name.startswith("cplxmul"):
        return _complex_product(row, a, b, c)
    if "dot" in name:
        width = 16 if "h" in suffixes else 8
        signs = name.partition("dot")[2]
        read_a, read_b = {"up": (_u, _u), "usp": (_u, _s), "sp": (_s, _s)}[signs]
        lanes = zip(_lanes(a, width), _lanes(b, width), strict=True)
        return _fit(sum((read_a(x) * read_b(y) for x, y in lanes), start=c))
    half = slice(16, 32) if "hh" in name else slice(0, 16)
    read = _s if "s" in name else _u
    total = c + read(a[half]) * read(b[half]) + (_half(amount) if "r" in name else 0)
    return _fit(read(_fit(total)) >> amount)
