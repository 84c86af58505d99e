"""The core's port ``sleep`` and its interrupts while memory lets an event load wait."""

from typing import Any

import pytest
from amaranth.sim import Simulator

from hw.config import config_named
from hw.core.core import Core
from hw.instructions import ADDRESSES, named
from verif.programs.instruction_generator import word

BOOT, VECTOR = 0x100, 0
NOP = named("addi").encode(rd=0, rs1=0, imm=0)
TIMER = 1 << 7
CYCLES, ASKED = 60, 4


def record(mnemonic: str, grant: int, response: int) -> list[dict[str, int]]:
    """Every cycle of a program that enables the timer's interrupt and loads a word, the first access.

    Memory waits ``grant`` cycles with its grant, and ``response`` more than one with its answer. The
    interrupt comes ``ASKED`` cycles after the request.
    """
    core: Any = Core(config_named("rv32im+xcvelw"))
    code = [
        word("addi", rd=6, rs1=0, imm=TIMER),
        word("csrrw", rd=0, csr=ADDRESSES["mie"], rs1=6),
        word("csrrsi", rd=0, csr=ADDRESSES["mstatus"], uimm=8),
        word(mnemonic, rd=5, rs1=0, imm=64),
    ]
    program = dict(zip(range(BOOT, BOOT + 4 * len(code), 4), code, strict=True))
    found: list[dict[str, int]] = []

    async def memory(context: Any) -> None:
        context.set(core.boot_address, BOOT)
        context.set(core.instr.gnt, 1)
        asked = fetched = waited = left = 0
        for _ in range(CYCLES):
            asked += bool(asked or context.get(core.data.req))
            context.set(core.irq.timer, asked > ASKED)
            context.set(core.data.gnt, waited == grant)
            context.set(core.data.rvalid, left == 1)
            request, address = context.get(core.instr.req), context.get(core.instr.addr)
            waits = context.get(core.data.req)
            found.append(
                {
                    "sleep": context.get(core.sleep),
                    "fetches": request or fetched,
                    "address": address if request else -1,
                    "waits": (waits and waited < grant) or left > 1,
                    "answer": left == 1,
                }
            )
            left = response + 1 if waits and waited == grant else max(left - 1, 0)
            waited = waited + 1 if waits and waited < grant else 0
            await context.tick()
            context.set(core.instr.rvalid, request)
            context.set(core.instr.rdata, program.get(address, NOP))
            fetched = request

    simulator = Simulator(core)
    simulator.add_clock(1e-6)
    simulator.add_testbench(memory)
    simulator.run()
    return found


@pytest.mark.parametrize(("grant", "response"), [(12, 0), (0, 12), (9, 9)])
def test_the_core_sleeps_while_memory_lets_an_event_load_wait(grant: int, response: int):
    cycles = record("cv.elw", grant, response)
    asleep = [cycle["sleep"] for cycle in cycles]
    assert asleep == [cycle["waits"] and not cycle["fetches"] for cycle in cycles]
    assert sum(asleep) >= grant + response - 4
    # The interrupt, which comes meanwhile, is taken after the answer.
    [answer] = [number for number, cycle in enumerate(cycles) if cycle["answer"]]
    vector = [number for number, cycle in enumerate(cycles) if cycle["address"] == VECTOR]
    assert vector[0] >= answer


def test_the_core_does_not_sleep_in_another_load():
    assert not any(cycle["sleep"] for cycle in record("lw", 9, 9))
