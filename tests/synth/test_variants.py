"""The variants that are measured beside the unit do what it does."""

from random import Random

from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from hw.units.decimate.index import COUNTER_WIDTH, OFFSET_WIDTH, Operation, block_offset


def test_fewer_block_sizes_give_the_same_offsets_in_the_same_cycle():
    m = Module()
    operation, counter, indices = Signal(Operation), Signal(COUNTER_WIDTH), Signal(32)
    full, fewer = Signal(OFFSET_WIDTH), Signal(OFFSET_WIDTH)
    m.d.comb += [
        full.eq(block_offset(m, operation, counter, indices)),
        fewer.eq(block_offset(m, operation, counter, indices, (8, 16))),
    ]
    random = Random(1)
    differing = set()

    async def check(ctx) -> None:
        for case in range(3000):
            size = (Operation.M4, Operation.M8, Operation.M16)[case % 3]
            ctx.set(operation, size)
            ctx.set(counter, random.getrandbits(COUNTER_WIDTH))
            ctx.set(indices, random.getrandbits(32))
            if ctx.get(full) != ctx.get(fewer):
                differing.add(size)

    simulator = Simulator(m)
    simulator.add_testbench(check)
    simulator.run()
    assert differing == {Operation.M4}, "the one that is left out"
