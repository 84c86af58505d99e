"""Coverage counts what a trace has, and only that."""

from collections.abc import Callable

import numpy as np
import pytest

from hw.config import BASELINE, CONFIGS, RV32IM, XDECIMATE, CoreConfig, config_named
from hw.instructions import ADDRESSES
from verif.cosim.trace import INTR, RECORD, TRAP
from verif.coverage import accesses, loops, pairs, traps
from verif.coverage.columns import Columns
from verif.coverage.compressed import count_compressed
from verif.coverage.coverage import Coverage, bins
from verif.programs.compressed import ROWS
from verif.programs.instruction_generator import word
from verif.units.decimate.coverage import count_decimate

CODE = 0x1C00_8080
COMPRESSING = config_named("rv32im+c")


def trace(*records: dict[str, int] | int) -> np.ndarray:
    """Records in sequence from CODE on; a number is an instruction word, a dict sets other fields too."""
    rows = np.zeros(len(records), RECORD)
    pc = CODE
    for row, record in zip(rows, records, strict=True):
        fields = {"insn": record} if isinstance(record, int) else record
        row["pc_rdata"] = pc = fields.get("pc_rdata", pc)
        row["pc_wdata"] = pc + 4
        for name, value in fields.items():
            row[name] = value
        pc += 4
    return rows


def add(rd: int, rs1: int, rs2: int) -> int:
    return word("add", rd=rd, rs1=rs1, rs2=rs2)


def hits(count: Callable, config: CoreConfig, *records: dict[str, int] | int) -> dict[str, int]:
    return dict(count(Columns(trace(*records), config)))


def test_instructions():
    assert hits(
        pairs.count_instructions, RV32IM, add(1, 2, 3), add(4, 5, 6), word("lui", rd=1, imm=4096)
    ) == {
        "add rd, rs1, rs2": 2,
        "lui rd, imm": 1,
    }


def test_hazards_by_distance_and_operand():
    found = hits(pairs.count_hazards, RV32IM, add(1, 2, 3), add(4, 1, 5), word("sw", rs2=1, rs1=4, imm=0))
    assert found == {
        "alu > alu.rs1 at 1": 1,
        "alu > store.rs2 at 2": 1,
        "alu > store.rs1 at 1": 1,
    }


def test_what_is_no_hazard():
    load = word("lw", rd=1, rs1=2, imm=0)
    assert hits(pairs.count_hazards, RV32IM, add(0, 2, 3), add(4, 0, 0)) == {}
    assert hits(pairs.count_hazards, RV32IM, {"insn": load, "status": TRAP}, add(4, 1, 5)) == {}
    hidden = hits(pairs.count_hazards, RV32IM, load, add(1, 5, 6), add(7, 1, 8))
    assert hidden == {"alu > alu.rs1 at 1": 1}


def test_a_loaded_value_wins_over_the_pointer():
    post = word("cv.lw", "rd, (rs1), imm", rd=7, rs1=7, imm=4)
    assert hits(pairs.count_hazards, BASELINE, post, add(1, 7, 2)) == {"load_post > alu.rs1 at 1": 1}
    post = word("cv.lw", "rd, (rs1), imm", rd=6, rs1=7, imm=4)
    assert hits(pairs.count_hazards, BASELINE, post, add(1, 7, 6)) == {
        "load_post.pointer > alu.rs1 at 1": 1,
        "load_post > alu.rs2 at 1": 1,
    }


def test_traps_behind_and_before():
    ecall, illegal = word("ecall"), 0xFFFF_FFFF
    records = (
        add(1, 2, 3),
        {"insn": ecall, "status": TRAP},
        {"insn": add(1, 2, 3), "status": INTR, "pc_rdata": 0x1C00_0000, "mepc": CODE + 4, "mcause": 11},
        {"insn": word("mret")},
        {
            "insn": add(1, 2, 3),
            "status": INTR,
            "pc_rdata": 0x1C00_0000,
            "mepc": CODE + 8,
            "mcause": 1 << 31 | 7,
        },
    )
    columns = Columns(trace(*records), RV32IM)
    assert dict(traps.count_traps(columns, {CODE + 8: illegal})) == {
        "ecall behind alu": 1,
        "ecall before illegal": 1,
        "timer interrupt behind return": 1,
        "timer interrupt before illegal": 1,
    }


@pytest.mark.parametrize(("config", "distance"), [(RV32IM, 4), (COMPRESSING, 2)])
def test_what_lies_behind_an_illegal_word(config: CoreConfig, distance: int):
    """The next instruction lies 2 bytes further only with extension c."""
    records = (
        add(1, 2, 3),
        {"insn": 0, "status": TRAP},
        {"insn": add(1, 2, 3), "status": INTR, "mepc": CODE + 4, "mcause": 2},
    )
    columns = Columns(trace(*records), config)
    assert traps.count_traps(columns, {CODE + 4 + distance: add(0, 0, 0)})["illegal before alu"] == 1


def test_compressed():
    nop, hint, branch = (
        ROWS["c.nop"].match,
        ROWS["c.li"].encode(rd=0, imm=1),
        ROWS["c.bnez"].encode(rs1=8, imm=6),
    )
    records = [
        nop,
        {"insn": hint, "pc_rdata": CODE + 2},
        {"insn": branch, "pc_rdata": CODE + 4},
        {"insn": branch, "pc_rdata": CODE + 10},
        {"insn": add(1, 2, 3), "pc_rdata": CODE + 12},
        {"insn": 0, "pc_rdata": CODE + 16, "status": TRAP},
        {"insn": nop, "pc_rdata": CODE + 100, "status": INTR, "mepc": CODE + 16, "mtval": 0, "mcause": 2},
    ]
    assert hits(count_compressed, COMPRESSING, *records) == {
        "c.nop": 2,
        "c.li": 1,
        "c.li as a HINT": 1,
        "c.bnez": 2,
        "branch to 16 bits at a half-word": 1,
        "illegal code": 1,
        "exception at 16 bits at a word": 1,
    }


def test_loops():
    nop = add(0, 0, 0)
    set_up = word("cv.setupi", loop=0, count=2, uimm=16)
    first = CODE + 4
    records = [set_up, nop, nop, {"insn": word("mul", rd=1, rs1=2, rs2=3), "pc_wdata": first}]
    records += [{"insn": nop, "pc_rdata": first}, nop, word("mul", rd=1, rs1=2, rs2=3), nop]
    assert hits(loops.count_loops, BASELINE, *records) == {
        "loop 0 set to count 2": 1,
        "loop 0 with a body of 3": 2,
        "loop 0 goes back behind multiply": 1,
        "loop 0 is left behind multiply": 1,
    }


def test_the_counter_is_followed():
    m8 = word("xdecimate.m8", rd=5, rs1=6, rs2=7)
    last = word("csrrw", rd=0, csr=ADDRESSES["xdecimate"], rs1=1)
    found = hits(count_decimate, XDECIMATE, {"insn": last, "rs1_rdata": 0xFFFF}, m8, m8)
    assert found == {
        "counter written right before": 1,
        "m8 into lane 3": 1,
        "m8 wraps the counter": 1,
        "m8 into lane 0": 1,
        "m8 behind m8": 1,
        "m8 behind one with the same rd": 1,
    }


def test_memory_corners():
    store = {"insn": word("sh", rs2=4, rs1=4, imm=0), "mem_wmask": 3, "mem_addr": CODE + 3}
    load = {"insn": word("lb", rd=4, rs1=4, imm=0), "mem_rmask": 1, "mem_addr": CODE + 2}
    assert hits(accesses.count_memory, RV32IM, store, load) == {
        "store of a half at byte 3": 1,
        "store: rs2 is rs1": 1,
        "load of a byte at byte 2": 1,
        "load: rd is rs1": 1,
        "load right behind a store to it": 1,
    }


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_holes_are_bins_without_hits(config: CoreConfig):
    coverage = Coverage()
    everything = bins(config)
    assert coverage.holes(config) == everything
    assert all(len(set(group)) == len(group) for group in everything.values())
    name = everything["hazards"][0]
    coverage.add(Coverage.from_hits({"hazards": {name: 3}}))
    assert name not in coverage.holes(config)["hazards"]
    assert Coverage.from_hits(coverage.hits).hits == coverage.hits
