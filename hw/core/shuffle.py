"""The ALU's byte network: shuffles, packs, and single lanes taken out or put in."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib.wiring import Component, In, Out

from hw.core.control_fields import AluOperation, Lanes


class ByteNetwork(Component):
    """Each byte of the result is one of eight bytes, the old byte of c, or a sign; combinational.

    Members
    -------
    operation, lanes : In(AluOperation), In(Lanes)
        SHUFFLE*, PACK*, LANE_*.
    a, b, c : In(32)
        rs1, rs2 or the lane numbers, and the old rd.
    result : Out(32)
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "operation": In(AluOperation),
                "lanes": In(Lanes),
                "a": In(32),
                "b": In(32),
                "c": In(32),
                "result": Out(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        second = Signal(32)  # the four bytes beside those of a
        selects = [Signal(3, name=f"select{byte}") for byte in range(4)]  # 0-3 of second, 4-7 of a
        keep = Signal(4)  # byte of c stays
        extend = Signal(4)  # byte is the sign
        signs = Signal()
        is_half = Signal()
        m.d.comb += [second.eq(self.c), is_half.eq(self.lanes == Lanes.HALF)]

        def choose(*indices: int) -> None:
            m.d.comb += [select.eq(index) for select, index in zip(selects, reversed(indices), strict=True)]

        with m.Switch(self.operation):
            with m.Case(AluOperation.SHUFFLE, AluOperation.SHUFFLE2):
                always_a = self.operation == AluOperation.SHUFFLE
                for byte, select in enumerate(selects):
                    number = self.b.word_select(byte, 8)
                    half = self.b.word_select(byte // 2, 16)
                    m.d.comb += select.eq(
                        Mux(
                            is_half,
                            Cat(Const(byte % 2, 1), half[0], half[1] | always_a),
                            Cat(number[0:2], number[2] | always_a),
                        )
                    )
            with m.Case(AluOperation.PACK):
                m.d.comb += second.eq(self.b)
                choose(5, 4, 1, 0)
            with m.Case(AluOperation.PACKH):
                m.d.comb += second.eq(self.b)
                choose(7, 6, 3, 2)
            with m.Case(AluOperation.PACKHI):
                m.d.comb += [second.eq(self.b), keep.eq(0b0011)]
                choose(4, 0, 0, 0)
            with m.Case(AluOperation.PACKLO):
                m.d.comb += [second.eq(self.b), keep.eq(0b1100)]
                choose(0, 0, 4, 0)
            with m.Case(AluOperation.LANE_GET, AluOperation.LANE_GETU):
                m.d.comb += [
                    selects[0].eq(Mux(is_half, Cat(Const(0, 1), self.b[0], Const(1, 1)), Cat(self.b[:2], 1))),
                    selects[1].eq(Cat(Const(1, 1), self.b[0], Const(1, 1))),
                    extend.eq(Mux(is_half, 0b1100, 0b1110)),
                    signs.eq((self.operation == AluOperation.LANE_GET) & self._sign(is_half)),
                ]
            with m.Case(AluOperation.LANE_PUT):
                for byte, select in enumerate(selects):
                    m.d.comb += [
                        select.eq(Mux(is_half, 4 + byte % 2, 4)),
                        keep[byte].eq(Mux(is_half, self.b[0] != byte // 2, self.b[:2] != byte)),
                    ]
        pool = Cat(second, self.a)
        for byte, select in enumerate(selects):
            with m.If(extend[byte]):
                m.d.comb += self.result.word_select(byte, 8).eq(signs.replicate(8))
            with m.Elif(keep[byte]):
                m.d.comb += self.result.word_select(byte, 8).eq(self.c.word_select(byte, 8))
            with m.Else():
                m.d.comb += self.result.word_select(byte, 8).eq(pool.word_select(select, 8))
        return m

    def _sign(self, is_half: Value) -> Value:
        """Top bit of the lane of a that b numbers."""
        byte_sign = Cat(*(self.a[8 * byte + 7] for byte in range(4))).bit_select(self.b[:2], 1)
        return Mux(is_half, Mux(self.b[0], self.a[31], self.a[15]), byte_sign)
