"""Operands of the instruction in ID: immediates, forwarding, hazards, jump targets."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.config import CoreConfig
from hw.core.control_fields import ComplexOperation, Immediate, Jump, Lanes, OperandA, OperandB, OperandC
from hw.core.controls import decode_controls
from hw.core.register_file import READ_PORTS, WritePort

RS1, RS2, RD = range(READ_PORTS)


def sign_extend(value: Value, width: int = 32) -> Value:
    """``value`` with its top bit repeated up to ``width`` bits."""
    return Cat(value, value[-1].replicate(width - len(value)))


class Operands(Component):
    """Combinational; a result of EX or load data of WB is used in the cycle in which it is made.

    Members
    -------
    instruction, controls, pc : In(32), In(decode_controls), In(32)
        The instruction in ID.
    compressed : In(1), with extension c
        It has 2 bytes and not 4.
    registers : In(3 x 32)
        Register file values of the fields rs1, rs2 and rd.
    execute_write, memory_write : In(WritePort)
        What EX and WB write at this clock edge.
    loading, loading_register : In(1), In(5)
        EX has a load whose data come later, and into which register.
    memory_pending, memory_register : In(1), In(5)
        The same of WB, while the response is awaited.
    a, b, c, amount : Out(32), Out(32), Out(32), Out(5)
        Operands for EX.
    rs1 : Out(32)
        Forwarded rs1.
    target : Out(32)
        Jump or branch target, or pc-relative loop address.
    hazard : Out(1)
        An operand is not there yet.
    loading_<unit>, <unit>_forward : In(1), Out(1), for each extension unit that forwards
        The load in EX is the unit's; the one in ID has the same rd, which the unit then forwards.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        self._forwarding = [unit for unit in config.units if unit.forwarded]
        #: Forwarded values of rs1, rs2 and rd, in the order of the read ports.
        self.values = [Signal(32, name=name) for name in ("rs1_value", "rs2_value", "rd_value")]
        super().__init__(
            {
                "instruction": In(32),
                "controls": In(decode_controls(config)),
                "pc": In(32),
                **({"compressed": In(1)} if config.has("c") else {}),
                "registers": In(data.ArrayLayout(32, READ_PORTS)),
                "execute_write": In(WritePort),
                "memory_write": In(WritePort),
                "loading": In(1),
                "loading_register": In(5),
                "memory_pending": In(1),
                "memory_register": In(5),
                "a": Out(32),
                "b": Out(32),
                "c": Out(32),
                "amount": Out(5),
                "rs1": Out(32),
                "target": Out(32),
                "hazard": Out(1),
                **{
                    name: member
                    for unit in self._forwarding
                    for name, member in ((f"loading_{unit.name}", In(1)), (f"{unit.name}_forward", Out(1)))
                },
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        word = self.instruction
        fields = (word[15:20], word[20:25], word[7:12])
        values = self.values
        for field, register, value in zip(fields, self.registers, values, strict=True):
            with m.If(self.execute_write.enable & (self.execute_write.register == field)):
                m.d.comb += value.eq(self.execute_write.value)
            with m.Elif(self.memory_write.enable & (self.memory_write.register == field)):
                m.d.comb += value.eq(self.memory_write.value)
            with m.Else():
                m.d.comb += value.eq(register)
        m.d.comb += self.rs1.eq(values[RS1])
        self._detect_hazards(m, fields)
        self._select(m, values)
        return m

    def _detect_hazards(self, m: Module, fields: tuple[Value, ...]) -> None:
        controls = self.controls
        loads = [self.loading & (self.loading_register == field) for field in fields]
        # A jump reads its register from the register file: no late result reaches the fetch address.
        jump_waits = (controls.jump == Jump.REGISTER) & (
            (self.execute_write.enable & (self.execute_write.register == fields[RS1]))
            | (self.memory_pending & (self.memory_register == fields[RS1]))
        )
        rd_waits = loads[RD] & controls.reads_rd
        for unit in self._forwarding:
            forward, loading = getattr(self, f"{unit.name}_forward"), getattr(self, f"loading_{unit.name}")
            m.d.comb += forward.eq(rd_waits & loading & controls.execute[unit.name])
            rd_waits &= ~forward
        m.d.comb += self.hazard.eq(
            (loads[RS1] & controls.reads_rs1) | (loads[RS2] & controls.reads_rs2) | rd_waits | jump_waits
        )

    def _select(self, m: Module, values: list[Signal]) -> None:
        word, controls = self.instruction, self.controls
        chosen = Signal(32)
        immediate = self._immediate(m)
        with m.Switch(controls.operand_a):
            for choice, value in (
                (OperandA.RD, values[RD]),
                (OperandA.PC, self.pc),
                (OperandA.ZERO, Const(0, 32)),
                (OperandA.UIMM, word[15:20]),
            ):
                with m.Case(choice):
                    m.d.comb += self.a.eq(value)
            with m.Default():
                m.d.comb += self.a.eq(values[RS1])
        with m.Switch(controls.operand_b):
            for choice, value in (
                (OperandB.RD, values[RD]),
                (OperandB.RS1, values[RS1]),
                (OperandB.IMMEDIATE, immediate),
            ):
                with m.Case(choice):
                    m.d.comb += chosen.eq(value)
            with m.Default():
                m.d.comb += chosen.eq(values[RS2])
        m.d.comb += self.b.eq(chosen)
        with m.If(controls.replicate):
            is_half = controls.execute.lanes == Lanes.HALF
            m.d.comb += self.b.eq(Mux(is_half, chosen[:16].replicate(2), chosen[:8].replicate(4)))
        self._target(m)
        with m.Switch(controls.operand_c):
            for choice, value in (
                (OperandC.RD, values[RD]),
                (OperandC.RS2, values[RS2]),
                (OperandC.TARGET, self.target),
            ):
                with m.Case(choice):
                    m.d.comb += self.c.eq(value)
        amount = Mux(controls.amount_from_rs2, values[RS2][:5], word[25:30])
        if self._config.has("xcvcplx"):
            amount = Mux(controls.execute.complex == ComplexOperation.NONE, amount, word[13:15])
        m.d.comb += self.amount.eq(amount)

    def _immediate(self, m: Module) -> Signal:
        word = self.instruction
        immediate = Signal(32)
        size = Mux(self.compressed, 2, 4) if self._config.has("c") else Const(4, 32)
        lane = Cat(word[25], word[20:25])
        short = word[20:25]
        if self._config.has("xcvbi"):
            short = Cat(short, (short[4] & self.controls.sign_extends).replicate(27))
        with m.Switch(self.controls.immediate):
            for kind, value in (
                (Immediate.S, sign_extend(Cat(word[7:12], word[25:32]))),
                (Immediate.U, Cat(Const(0, 12), word[12:32])),
                (Immediate.SHAMT, short),
                (Immediate.FOUR, size),
                (Immediate.CLIP, Cat(*(word[20:25] > bit + 1 for bit in range(31)))),
                (Immediate.BIT_FIELD, word[20:30]),
                (Immediate.SIMD, sign_extend(lane)),
                (Immediate.SIMD_UNSIGNED, lane),
                (Immediate.SHUFFLE_HALF, Cat(lane[0], Const(0, 15), lane[1])),
                (
                    Immediate.SHUFFLE_BYTE,
                    Cat(*(Cat(lane[2 * i : 2 * i + 2], Const(0, 6)) for i in range(3)), word[27:29]),
                ),
            ):
                with m.Case(kind):
                    m.d.comb += immediate.eq(value)
            with m.Default():
                m.d.comb += immediate.eq(sign_extend(word[20:32]))
        return immediate

    def _target(self, m: Module) -> None:
        word, controls = self.instruction, self.controls
        zero = Const(0, 1)
        offset = Signal(32)
        with m.Switch(controls.jump):
            with m.Case(Jump.PC):
                m.d.comb += offset.eq(sign_extend(Cat(zero, word[21:31], word[20], word[12:20], word[31])))
            with m.Case(Jump.REGISTER):
                m.d.comb += offset.eq(sign_extend(word[20:32]))
            with m.Case(Jump.BRANCH):
                m.d.comb += offset.eq(sign_extend(Cat(zero, word[8:12], word[25:31], word[7], word[31])))
            with m.Default():
                if self._config.has("xcvhwlp"):
                    words = Mux(controls.loop_short_end, word[15:20], word[20:32])
                    m.d.comb += offset.eq(Cat(zero, zero, words))
        base = Mux(controls.jump == Jump.REGISTER, self.registers[RS1], self.pc)
        m.d.comb += self.target.eq((base + offset) & ~1)
