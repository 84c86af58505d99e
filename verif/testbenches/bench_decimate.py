"""Cocotb tests of the XDecimate unit against its golden model; the host side is in ``decimate_host``."""

from random import Random
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

from reference.decimate import COUNTER_MASK, INDEX_BITS
from verif.testbenches.decimate_host import Host, Instruction, random_instructions
from verif.testbenches.rates import Rates

COUNT = 1500


async def _host(dut: Any, rates: Rates) -> Host:
    Clock(dut.clk, 2, unit="ns").start()
    host = Host(dut, Random(cocotb.RANDOM_SEED), rates)
    await host.reset()
    return host


@cocotb.test()
async def corners(dut: Any) -> None:
    """Every M at every field and lane: index zero and all ones, addresses that wrap, the counter's end."""
    host = await _host(dut, Rates())
    for m in INDEX_BITS:
        for rs1 in (0, 0x1000_0001, 0xFFFF_FFFF):
            for rs2 in (0, 0xFFFF_FFFF, 0x8000_0001, 0x0123_4567):
                await host.run([Instruction(None), *[Instruction(m, 1, rs1, rs2)] * 18])
        await host.run([Instruction(m, 1, 0xFFFF_0000, 0x7654_3210)] * 5)
        await _write_counter(dut, host, COUNTER_MASK - 2)
        await host.run([Instruction(m, 2, 0, 0xFEDC_BA98)] * 5)
        assert host.golden.csr == 2


async def _write_counter(dut: Any, host: Host, value: int) -> None:
    dut.csr_we.value, dut.csr_wdata.value = 1, value
    dut.issue_valid.value = dut.mem_result_valid.value = dut.commit_valid.value = 0
    await RisingEdge(dut.clk)
    dut.csr_we.value = 0
    host.golden.csr = value


@cocotb.test()
async def one_a_cycle(dut: Any) -> None:
    """With a memory of one cycle N instructions take N cycles, and one more for the last answer."""
    host = await _host(dut, Rates())
    await host.run([Instruction(8, n % 2, n, 0x7531_6420) for n in range(200)])
    assert host.cycles == 201


@cocotb.test()
async def same_destination(dut: Any) -> None:
    """Back to back into one register: each takes the result of the one before, however long it waits."""
    random = Random(cocotb.RANDOM_SEED)
    host = await _host(dut, Rates())
    for rates in (Rates(), Rates(grant=0.5), Rates(response=0.4), Rates(grant=0.6, response=0.6, bubble=0.3)):
        host.rates = rates
        await host.run(
            [Instruction(4, 3, random.getrandbits(32), random.getrandbits(32)) for _ in range(200)]
        )


@cocotb.test()
async def interleaved_destinations(dut: Any) -> None:
    """The kernels' order, vB1, vB2, vB1, ..., with a clear between channels."""
    host = await _host(dut, Rates(grant=0.8, response=0.8))
    random = Random(cocotb.RANDOM_SEED)
    buffers = (0x1000_0000, 0x1000_4000)
    for m in INDEX_BITS:
        for _ in range(8):
            words = [random.getrandbits(32) for _ in range(6)]
            body = [Instruction(m, 1 + n % 2, buffers[n % 2], words[n // 8]) for n in range(48)]
            await host.run([Instruction(None), *body])


@cocotb.test()
async def clear_anywhere(dut: Any) -> None:
    """A clear every few instructions, with and without an instruction in write-back."""
    host = await _host(dut, Rates(grant=0.7, response=0.7, bubble=0.1))
    await host.run(random_instructions(Random(cocotb.RANDOM_SEED), COUNT, clears=0.3))


@cocotb.test()
async def kills_and_faults(dut: Any) -> None:
    """Flushed and faulting instructions leave counter and register alone, and can be repeated."""
    host = await _host(dut, Rates(kill=0.3, fault=0.3))
    await host.run(random_instructions(Random(cocotb.RANDOM_SEED), COUNT))


@cocotb.test()
async def everything_at_once(dut: Any) -> None:
    """Random waits, bubbles, kills, faults and writes of the counter."""
    host = await _host(dut, Rates(0.6, 0.6, 0.2, 0.1, 0.1, 0.05))
    await host.run(random_instructions(Random(cocotb.RANDOM_SEED), 2 * COUNT))
