"""Programs on the generated cluster: teams, barriers, DMA, and the messages of their failures."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hw.cluster.config import ClusterConfig
from hw.config import MEMORY_MAP, Region
from sim.elf import load_elf
from sim.rtl.cluster import ClusterJob, ClusterResult, cluster_memories, cluster_model
from sim.rtl.run import run_on_model
from sw_kernels.build import compile_object, core_flags, link_cluster_program
from sw_kernels.header import EXIT_DMA

PROGRAMS = Path(__file__).parent / "programs"
CONFIG = ClusterConfig()
HAZARDS = {
    "a core that never comes": (1, {"max_sleep": 5000}),
    "stack overflow": (2, {}),
    "DMA beyond memory": (3, {}),
    "DMA without bytes": (4, {}),
    "DMA from any alignment to any": (5, {}),
    "no end": (6, {"max_cycles": 3000}),
    "trap on core 1": (7, {}),
    "short loop on core 1": (8, {}),
}


def job(name: str, case: int = 0, **limits: int) -> ClusterJob:
    compiled = compile_object(PROGRAMS / f"{name}.c", core_flags(CONFIG.core), {"CASE": str(case)})
    elf = link_cluster_program(name, [compiled], CONFIG)
    program = load_elf(elf, tuple(cluster_memories(CONFIG).values()))
    return replace(ClusterJob(program=program, config=CONFIG, max_cycles=1_000_000), **limits)


@pytest.fixture(scope="module")
def results() -> dict[str, ClusterResult]:
    jobs = {"teams": job("team")}
    jobs |= {what: job("hazards", case, **options) for what, (case, options) in HAZARDS.items()}
    return dict(zip(jobs, run_on_model(cluster_model(CONFIG), list(jobs.values())), strict=True))


@pytest.mark.parametrize("what", ["teams", "DMA without bytes", "DMA from any alignment to any"])
def test_passes(results: dict[str, ClusterResult], what: str):
    assert (results[what].exit_code, results[what].why) == (0, "")


def test_a_barrier_that_a_core_never_reaches_names_every_cores_place(results: dict[str, ClusterResult]):
    result = results["a core that never comes"]
    assert result.exit_code is None
    assert "slept for 5,000 cycles (barrier, event or DMA) and was never woken" in result.why
    places = result.why.rpartition(" cycles ")[2].split(", ")
    assert [place.partition(" at ")[0] for place in places] == [f"core {n}" for n in range(CONFIG.cores)]
    assert [place.endswith("asleep") for place in places] == [True, False] + [True] * (CONFIG.cores - 2)


def test_a_stack_that_overflows_into_another_cores_is_named(results: dict[str, ClusterResult]):
    assert results["stack overflow"].exit_code is None
    assert "stack overflow: the stack of core 2 exceeds its 1024 bytes" in results["stack overflow"].why


def test_a_transfer_that_fails_ends_the_program_with_its_number(results: dict[str, ClusterResult]):
    result = results["DMA beyond memory"]
    assert (result.exit_code, result.why.partition(" does ")[0]) == (EXIT_DMA, "DMA transfer 0")


def test_the_first_trap_of_a_core_is_named(results: dict[str, ClusterResult]):
    result = results["trap on core 1"]
    assert result.exit_code == 0x1000 + 2
    assert result.why.startswith("core 1: first trap: illegal instruction (mcause 2), mepc 0x1c008")


def test_a_short_loop_is_known_by_its_core(results: dict[str, ClusterResult]):
    result = results["short loop on core 1"]
    assert result.exit_code == 0
    [(core, loop)] = result.short_loops.items()
    assert (core, loop.end - loop.start) == (1, 8)
    assert results["teams"].short_loops == {}


def test_time_that_is_over(results: dict[str, ClusterResult]):
    result = results["no end"]
    assert (result.exit_code, result.cycles) == (None, 3000)
    assert result.why.startswith("did not end within 3,000 cycles; after 3,000 cycles core 0 at 0x1c008")


@pytest.mark.parametrize("bus_bytes", [8, 16])
def test_a_program_keeps_memory_as_it_is_at_that_time(bus_bytes: int):
    config = replace(CONFIG, bus_bytes=bus_bytes)
    program = job("keep").program
    asked = ClusterJob(program=program, config=config, max_cycles=10_000, keep=program.symbols["keep"])
    silent = replace(asked, keep=0)
    kept, nothing = run_on_model(cluster_model(config), [asked, silent])
    expected = b"\4\5\6\7\x08\x09\x0a\x0b\x14\x13\x12\x11\0\0\0\0\x24\x23\x22\x21"
    assert (kept.why, kept.kept) == ("", expected)
    assert (nothing.kept, nothing.cycles) == (b"", kept.cycles)


def test_impossible_jobs():
    program = job("team").program
    with pytest.raises(ValueError, match="keep must be 0 or a multiple of 8 in L2, not 0x"):
        ClusterJob(program=program, config=CONFIG, keep=MEMORY_MAP.l1.base)
    with pytest.raises(ValueError, match="keep must be 0 or a multiple of 8 in L2, not 0x"):
        ClusterJob(program=program, config=CONFIG, keep=MEMORY_MAP.l2.base + 4)
    with pytest.raises(ValueError, match="l2_latency must be in 1"):
        ClusterJob(program=program, config=CONFIG, l2_latency=0)
    beyond = Region(base=MEMORY_MAP.l1.base + CONFIG.l1_bytes, size=4)
    bad = ClusterJob(program=program, config=CONFIG, dumps={"x": beyond})
    with pytest.raises(ValueError, match="lie in one memory"):
        run_on_model(cluster_model(CONFIG), [bad])


def test_memories_are_those_of_the_configuration():
    assert cluster_memories(ClusterConfig(l1_bytes=64 << 10))["l1"].size == 64 << 10


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"cores": 0}, "cores must be in 1..16, not 0"),
        ({"cores": 17}, "cores must be in 1..16, not 17"),
        ({"banks": 12}, "banks must be a power of two"),
        ({"bus_bytes": 2}, "bus_bytes must be 4, 8 or 16, not 2"),
        ({"l1_bytes": 1000}, "l1_bytes must be a multiple of 64"),
        ({"max_consecutive_grants": 0}, "max_consecutive_grants must be in 1..16, not 0"),
    ],
)
def test_impossible_clusters(figures: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        ClusterConfig(**figures)
