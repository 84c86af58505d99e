# pyright: reportAttributeAccessIssue=false, reportOperatorIssue=false
# amaranth: UnusedElaboratable=no
"""Waveforms of the documents: each block with a stimulus that shows its protocol."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from amaranth.hdl import Cat, Value

from common.files import write_atomically
from common.results import RESULTS
from hw.cluster.dma import Dma
from hw.cluster.event_unit import EventUnit
from hw.cluster.interconnect import Interconnect
from hw.cluster.registers import BY_NAME, DMA, EVENT_UNIT
from hw.config import MEMORY_MAP, XDECIMATE, ClusterConfig
from hw.core.core import Core
from hw.core.fetch import FetchUnit
from hw.core.lsu import LoadStoreUnit
from hw.decimate.index import Operation
from hw.decimate.unit import DecimateUnit
from hw.isa.lookup import named
from reports.waveform import Lane, Row, Scene, wave_json

WAVES = RESULTS.parent / "docs" / "waves"

Settings = Sequence[tuple[Value, int]]


def _table(rows: Sequence[Settings]) -> Callable[[int, Row], Settings]:
    """A stimulus from the settings of each cycle; an input keeps its value until it is set again."""
    return lambda cycle, _: rows[cycle] if cycle < len(rows) else ()


def core() -> Scene:
    """``lw``, an addition that waits for it, ``sw``; the data memory grants a cycle late."""
    load = named("lw").encode(rd=5, rs1=0, imm=0x40)
    add = named("add").encode(rd=6, rs1=5, rs2=5)
    store = named("sw").encode(rs1=0, rs2=6, imm=0x44)
    words = {0x80: load, 0x84: add, 0x88: store}
    block = Core(XDECIMATE)
    instr, data = block.instr, block.data

    def drive(cycle: int, before: Row) -> Settings:
        fetched = before.get("instr_req", 0)
        granted = before.get("data_req", 0) and before["data_gnt"]
        asked = before.get("data_req", 0) and not before["data_gnt"]
        return [
            (block.boot_address, 0x80),
            (instr.gnt, 1),
            (instr.rvalid, fetched),
            (instr.rdata, words.get(before["instr_addr"], 0x13) if fetched else 0),
            (data.gnt, int(asked)),
            (data.rvalid, int(granted)),
            (data.rdata, 0x1234 if granted else 0),
        ]

    return Scene(
        block,
        drive,
        {
            "instruction bus": (
                Lane("instr_req", instr.req),
                Lane("instr_gnt", instr.gnt),
                Lane("instr_addr", instr.addr, instr.req),
                Lane("instr_rvalid", instr.rvalid),
                Lane("instr_rdata", instr.rdata, instr.rvalid),
            ),
            "data bus": (
                Lane("data_req", data.req),
                Lane("data_gnt", data.gnt),
                Lane("data_addr", data.addr, data.req),
                Lane("data_we", data.we),
                Lane("data_wdata", data.wdata, data.req & data.we),
                Lane("data_rvalid", data.rvalid),
                Lane("data_rdata", data.rdata, data.rvalid),
            ),
            "": (Lane("retire", block.retire),),
        },
        14,
    )


def fetch() -> Scene:
    """Words ahead, ID that does not take one, a redirect with a request that stands."""
    block = FetchUnit(XDECIMATE)
    bus = block.bus

    def drive(cycle: int, before: Row) -> Settings:
        arrives = before.get("req", 0) and before["gnt"]
        return [
            (block.boot_address, 0x80),
            (bus.gnt, int(cycle != 6)),
            (bus.rvalid, int(arrives)),
            (bus.rdata, before["addr"] + 3 if arrives else 0),
            (block.ready, int(cycle not in (3, 4))),
            (block.redirect_valid, int(cycle == 7)),
            (block.redirect_target, 0x200),
        ]

    return Scene(
        block,
        drive,
        {
            "bus": (
                Lane("req", bus.req),
                Lane("gnt", bus.gnt),
                Lane("addr", bus.addr, bus.req),
                Lane("rvalid", bus.rvalid),
            ),
            "redirect": (
                Lane("redirect_valid", block.redirect_valid),
                Lane("redirect_target", block.redirect_target, block.redirect_valid),
            ),
            "to ID": (
                Lane("valid", block.valid),
                Lane("ready", block.ready),
                Lane("pc", block.pc, block.valid),
            ),
        },
        13,
    )


def lsu() -> Scene:
    """A load that crosses a word, a store that waits for its grant, a load that faults."""
    block = LoadStoreUnit(XDECIMATE)
    bus = block.bus
    crossing = [(block.request_valid, 1), (block.base, 0x102), (block.size, 2), (bus.gnt, 1)]
    rows: list[Settings] = [
        [],
        crossing,
        [(bus.rvalid, 1), (bus.rdata, 0x22221111)],
        [
            *((block.base, 0x200), (block.store, 1), (block.store_data, 0xAB), (block.size, 0)),
            *((bus.gnt, 0), (bus.rdata, 0x44443333)),
        ],
        [(bus.rvalid, 0)],
        [(bus.gnt, 1)],
        [(bus.rvalid, 1), (block.base, 0x300), (block.store, 0), (block.size, 2)],
        [(bus.rvalid, 1), (bus.err, 1), (bus.gnt, 0), (block.base, 0x304)],
        [(bus.rvalid, 0), (bus.err, 0), (block.request_valid, 0)],
    ]
    return Scene(
        block,
        _table(rows),
        {
            "EX": (
                Lane("request_valid", block.request_valid),
                Lane("base", block.base, block.request_valid),
                Lane("request_done", block.request_done),
            ),
            "bus": (
                Lane("req", bus.req),
                Lane("gnt", bus.gnt),
                Lane("addr", bus.addr, bus.req),
                Lane("we", bus.we),
                Lane("be", bus.be, bus.req),
                Lane("rvalid", bus.rvalid),
                Lane("rdata", bus.rdata, bus.rvalid & ~block.wb_access.store),
                Lane("err", bus.err),
            ),
            "WB": (
                Lane("wb_pending", block.wb_pending),
                Lane("wb_done", block.wb_done),
                Lane("load_data", block.load_data, block.wb_done & ~block.wb_access.store),
                Lane("wb_fault", block.wb_fault),
            ),
        },
        10,
    )


def unit() -> Scene:
    """Three instructions; the second waits for its grant, the third faults."""
    block = DecimateUnit()
    issue = [
        *((block.issue_valid, 1), (block.issue_operation, Operation.M8.value), (block.issue_rs1, 0x1000)),
        *((block.issue_rs2, 0x76543210), (block.issue_rs3, 0), (block.commit_valid, 1)),
    ]
    rows: list[Settings] = [
        [],
        issue,
        [
            *((block.commit_valid, 0), (block.issue_rs3, 0x77665500)),
            *((block.mem_result_valid, 1), (block.mem_result_rdata, 0xA0)),
        ],
        [(block.commit_valid, 1), (block.mem_result_valid, 0)],
        [(block.mem_result_valid, 1), (block.mem_result_rdata, 0xA1)],
        [(block.mem_result_err, 1), (block.commit_valid, 0)],
        [(block.mem_result_valid, 0), (block.mem_result_err, 0), (block.issue_valid, 0)],
    ]
    return Scene(
        block,
        _table(rows),
        {
            "issue": (
                Lane("issue_valid", block.issue_valid),
                Lane("issue_rs3", block.issue_rs3, block.issue_valid),
            ),
            "mem": (Lane("mem_valid", block.mem_valid), Lane("mem_addr", block.mem_addr, block.mem_valid)),
            "commit": (Lane("commit_valid", block.commit_valid),),
            "mem_result": (
                Lane("mem_result_valid", block.mem_result_valid),
                Lane("mem_result_rdata", block.mem_result_rdata, block.mem_result_valid),
                Lane("mem_result_err", block.mem_result_err),
            ),
            "result": (
                Lane("result_valid", block.result_valid),
                Lane("result_data", block.result_data, block.result_valid),
                Lane("csr_rdata", block.csr_rdata),
            ),
        },
        9,
    )


def interconnect() -> Scene:
    """Two cores want one bank; the one served first keeps it for its turn."""
    block = Interconnect(cores=2, banks=2, words=16, dma_ports=1, turn=4)
    first, second = block.cores
    bank = block.banks[0]
    place = 0

    def drive(cycle: int, before: Row) -> Settings:
        nonlocal place
        place += 2 * before.get("core0_gnt", 0)
        return [
            (first.req, int(cycle > 0 and place < 12)),
            (first.addr, place),
            (second.req, int(1 < cycle <= 5)),
            (second.addr, 14),
            (bank.rdata, 0xD0 + before["bank0_addr"] if before.get("bank0_req") else 0),
        ]

    cores = {
        f"core {n}": (
            Lane(f"core{n}_req", port.req),
            Lane(f"core{n}_addr", port.addr, port.req),
            Lane(f"core{n}_gnt", port.gnt),
        )
        for n, port in enumerate(block.cores)
    }
    banks = (
        Lane("bank0_req", bank.req),
        Lane("bank0_addr", bank.addr, bank.req),
        Lane("bank0_rdata", bank.rdata),
    )
    return Scene(block, drive, {**cores, "bank 0": banks}, 11)


def event_unit() -> Scene:
    """A barrier of two cores: the first sleeps until the second arrives, both leave together."""
    block = EventUnit(2)
    address = BY_NAME["barrier_wait"].address - EVENT_UNIT
    arrives = {0: 2, 1: 6}

    def drive(cycle: int, before: Row) -> Settings:
        settings: list[tuple[Value, int]] = []
        for n, port in enumerate(block.ports):
            waiting = cycle >= arrives[n] and cycle <= arrives[1]
            settings += [(port.req, int(waiting)), (port.addr, address)]
        return settings

    return Scene(
        block,
        drive,
        {
            f"core {n}": (
                Lane(f"core{n}_req", port.req),
                Lane(f"core{n}_addr", port.addr, port.req),
                Lane(f"core{n}_gnt", port.gnt),
                Lane(f"core{n}_at_barrier", block.at_barrier[n]),
            )
            for n, port in enumerate(block.ports)
        },
        9,
    )


def dma() -> Scene:
    """A transfer of 16 bytes from L2 to L1: claimed, described, started; a wait that ends with it."""
    block = Dma(ClusterConfig(cores=1))
    port, bus = block.ports[0], block.bus
    writes = [
        ("dma_claim", None),
        ("dma_source", MEMORY_MAP.l2.base + 0x100),
        ("dma_destination", MEMORY_MAP.l1.base + 0x20),
        ("dma_size", 16),
        ("dma_start", 0),
        ("dma_wait", None),
    ]
    at = 0

    def drive(cycle: int, before: Row) -> Settings:
        nonlocal at
        at += bool(before.get("req") and before["gnt"])
        name, value = writes[at] if at < len(writes) else ("dma_claim", None)
        answers = before.get("bus_req", 0)
        return [
            (port.req, int(cycle > 0 and at < len(writes))),
            (port.addr, BY_NAME[name].address - DMA),
            (port.we, int(value is not None)),
            (port.wdata, value or 0),
            (bus.gnt, 1),
            (bus.rvalid, answers),
            (bus.rdata, before["bus_addr"] & 0xFFF if answers else 0),
            *((word.gnt, 1) for word in block.l1),
        ]

    return Scene(
        block,
        drive,
        {
            "registers": (
                Lane("req", port.req),
                Lane("addr", port.addr, port.req),
                Lane("we", port.we),
                Lane("gnt", port.gnt),
            ),
            "bus": (
                Lane("bus_req", bus.req),
                Lane("bus_addr", bus.addr, bus.req),
                Lane("bus_rvalid", bus.rvalid),
                Lane("bus_rdata", bus.rdata, bus.rvalid),
            ),
            "L1": (
                Lane("l1_req", Value.cast(Cat(word.req for word in block.l1))),
                Lane("l1_addr", block.l1[0].addr, block.l1[0].req),
            ),
            "": (Lane("busy", block.busy),),
        },
        20,
    )


SCENES = {
    "core": core,
    "fetch": fetch,
    "lsu": lsu,
    "unit": unit,
    "interconnect": interconnect,
    "event_unit": event_unit,
    "dma": dma,
}


def path_of(name: str) -> Path:
    """The WaveJSON of a scene in docs/waves, from which the site draws it."""
    return WAVES / f"{name}.json"


def rendered(name: str) -> str:
    """The text of that file, from the RTL."""
    return json.dumps(wave_json(SCENES[name]()), indent=1) + "\n"


def write_all() -> None:
    """Bring all of them up to date."""
    for name in SCENES:
        write_atomically(path_of(name), rendered(name))
