"""Cocotb tests of the XDecmac unit against its golden model; the host side is in ``decmac_host``."""

from random import Random
from typing import Any

import cocotb
from cocotb.clock import Clock

from reference.decmac import LANES
from verif.testbenches.decmac_host import Action, Count, Exchange, Host, Multiply, Quantize, Reset
from verif.testbenches.rates import Rates

COUNT = 500
HALF = 1 << 15
#: Bytes at the ends of their range and at its middle.
_BYTES = (0x80, 0x81, 0xFF, 0x00, 0x01, 0x7F)


async def _host(dut: Any, rates: Rates) -> Host:
    Clock(dut.clk, 2, unit="ns").start()
    host = Host(dut, Random(cocotb.RANDOM_SEED), rates)
    await host.run([Reset(), Reset()])
    return host


def _parameters(random: Random) -> Quantize:
    """A factor and shift that leave bytes of sums of products, or any."""
    rs2 = random.choice((random.getrandbits(32), random.getrandbits(8), 0))
    return Quantize(random.getrandbits(16) | random.choice((0, random.randrange(32))) << 16, rs2)


def _random_actions(random: Random, count: int) -> list[Action]:
    """Anything, xdecmac most of the time."""
    actions: list[Action] = []
    for _ in range(count):
        draw = random.random()
        if draw < 0.7:
            actions.append(Multiply(random.getrandbits(32), random.getrandbits(32)))
        elif draw < 0.8:
            actions.append(_parameters(random))
        elif draw < 0.95:
            actions.append(Exchange(random.getrandbits(32)))
        else:
            actions.append(Count(random.getrandbits(16)))
    return actions


async def _run(host: Host, actions: list[Action]) -> None:
    """Run actions, then read all accumulators."""
    await host.run([*actions, *(Exchange(0) for _ in range(host.positions))])


@cocotb.test()
async def everything_at_once(dut: Any) -> None:
    """Random waits, bubbles, kills, faults and writes of xacc."""
    host = await _host(dut, Rates(0.7, 0.7, 0.2, 0.1, 0.1, 0.05))
    await _run(host, _random_actions(Random(cocotb.RANDOM_SEED), COUNT))


@cocotb.test()
async def kills_and_faults(dut: Any) -> None:
    """Flushed and faulting instructions leave the accumulators alone, and can be repeated."""
    host = await _host(dut, Rates(kill=0.3, fault=0.3))
    await _run(host, _random_actions(Random(cocotb.RANDOM_SEED), COUNT))


@cocotb.test()
async def corners(dut: Any) -> None:
    """Every weight of a word with bytes at the ends of their range, and sums at the ends of theirs."""
    host = await _host(dut, Rates())
    top = (1 << len(dut.accumulator) - 1) - 1
    for total in (0, top, -top - 1, top - HALF, -1):
        for weight in _BYTES:
            weights = [weight << 8 * lane for lane in range(LANES)]
            preloads = [Exchange(total & 0xFFFF_FFFF)] * host.positions
            words = [int.from_bytes(bytes((_BYTES * 2)[n : n + LANES]), "little") for n in range(len(_BYTES))]
            await _run(host, [Count(0), *preloads, *(Multiply(w, word) for word in words for w in weights)])


@cocotb.test()
async def clipping(dut: Any) -> None:
    """Bytes and what lies just outside of them, each bit above them, in every place of rd."""
    host = await _host(dut, Rates())
    edges = [edge + by for edge in (0, 127, -128) for by in (-2, -1, 0, 1, 2)]
    edges += [sign * (1 << bit) for bit in range(7, 31) for sign in (1, -1)]
    for first in range(0, len(edges), LANES):
        for turn in range(LANES):
            chosen = (edges[first : first + LANES] * 2)[turn : turn + LANES]
            # The sum is the byte: its accumulators' contribution is only in the lower half of the factor.
            for edge in chosen:
                preloads = [Exchange(2 * n & 0xFFFF_FFFF) for n in range(host.positions)]
                await _run(host, [*preloads, Quantize(HALF, edge & 0xFFFF_FFFF)])
            values = [2 * edge & 0xFFFF_FFFF for edge in chosen]
            banks = host.positions // LANES
            await _run(host, [*(Exchange(value) for value in values * banks), *[Quantize(HALF, 0)] * banks])


@cocotb.test()
async def accumulators_read_and_written(dut: Any) -> None:
    """Chains of reads and writes of xacc, between products and in front of and behind xdecq."""
    host = await _host(dut, Rates(bubble=0.1))
    random = Random(cocotb.RANDOM_SEED)
    for _ in range(40):
        actions: list[Action] = [Exchange(random.getrandbits(32)) for _ in range(random.randrange(12))]
        actions += [Multiply(random.getrandbits(32), random.getrandbits(32))] * random.randrange(3)
        actions += [_parameters(random)] * random.randrange(4)
        await _run(host, actions)


@cocotb.test()
async def one_a_cycle(dut: Any) -> None:
    """With a memory of one cycle N instructions take N cycles, and two more for the last products."""
    host = await _host(dut, Rates())
    before = host.cycles
    await host.run([Multiply(0x0403_0201 * n & 0xFFFF_FFFF, 0x1020_3040 + n) for n in range(200)])
    assert host.cycles == before + 202
    await _run(host, [])


@cocotb.test()
async def reset_anywhere(dut: Any) -> None:
    """Reset clears the accumulators, and what is in write-back or behind it adds nothing."""
    host = await _host(dut, Rates(0.8, 0.8))
    random = Random(cocotb.RANDOM_SEED)
    for _ in range(40):
        actions = _random_actions(random, random.randrange(1, 8))
        actions.insert(random.randrange(len(actions)), Reset())
        await _run(host, actions)
