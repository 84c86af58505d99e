# pyright: reportAttributeAccessIssue=false, reportOperatorIssue=false
# amaranth: UnusedElaboratable=no
"""Scenes of the core and its blocks."""

from hw.config import XDECIMATE
from hw.core.core import Core
from hw.core.fetch import FetchUnit
from hw.core.lsu import LoadStoreUnit
from hw.instructions import named
from hw.units.decimate.index import Operation
from hw.units.decimate.unit import DecimateUnit
from hw.units.decmac.unit import SCALE_STEPS, DecmacUnit
from reports.waveform import Lane, Row, Scene, Settings, settings_of


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
        settings_of(rows),
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
        settings_of(rows),
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


def xdecmac() -> Scene:
    """Two xdecmac, and an xdecq behind them whose last byte is clipped."""
    block = DecmacUnit()
    words, weights = ((1, 2, 3, 4), (0x10, 0x20, 0x30, 0x60)), (2, 3)
    products = [[weight * byte for byte in word] for word, weight in zip(words, weights, strict=True)]

    def drive(cycle: int, before: Row) -> Settings:
        step = cycle - 5
        quantizes = 0 <= step <= SCALE_STEPS
        return [
            (block.issue_weights, weights[0] | weights[1] << 8),
            (block.issue_lane, int(cycle == 2)),
            (block.commit_valid, int(cycle in (1, 2))),
            (block.mem_result_valid, int(cycle in (2, 3))),
            *((port, products[cycle == 4][lane]) for lane, port in enumerate(block.products)),
            (block.quantize_valid, int(quantizes)),
            (block.quantize_step, step if quantizes else 0),
            # The multiplier's answer to the step before, for a factor of one half.
            (block.scaled, before["accumulator"] >> 1 if quantizes else 0),
            (block.kept, (before["bytes"] or 0) if quantizes else 0),
        ]

    gives = block.quantize_valid & (block.quantize_step != 0)
    return Scene(
        block,
        drive,
        {
            "issue": (
                Lane("commit_valid", block.commit_valid),
                Lane("issue_lane", block.issue_lane, block.commit_valid),
            ),
            "mem_result": (Lane("mem_result_valid", block.mem_result_valid),),
            "multiply": (
                Lane("multiply_valid", block.multiply_valid),
                Lane("multiply_weight", block.multiply_weight, block.multiply_valid),
                Lane("products[0]", block.products[0], block.multiply_valid),
            ),
            "quantize": (
                Lane("quantize_valid", block.quantize_valid),
                Lane("quantize_step", block.quantize_step, block.quantize_valid),
                Lane("accumulator", block.accumulator),
                Lane("scaled", block.scaled, gives),
                Lane("bytes", block.bytes, gives),
            ),
        },
        12,
    )
