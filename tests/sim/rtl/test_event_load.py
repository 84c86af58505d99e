"""Barriers by event loads: what the runtime compiles to, and a team that meets on the RTL."""

from dataclasses import replace
from pathlib import Path

import pytest

from hw.cluster.config import ClusterConfig, cluster_named
from hw.config import XDECIMATE, config_named
from hw.isa.instruction import Cycles
from sim.elf import Program, load_elf
from sim.loop_bodies import instructions
from sim.rtl.cluster import ClusterJob, cluster_model
from sim.rtl.run import run_on_model
from sw_kernels.build import cluster_flags, compile_object, link_cluster_program

TEAM = Path(__file__).parent / "programs" / "team.c"
SMALL = cluster_named("small,cores=2,banks=4")
WITH = replace(SMALL, core=config_named(f"{XDECIMATE.name}+corev"))


def team(config: ClusterConfig) -> Program:
    compiled = compile_object(TEAM, cluster_flags(config))
    return load_elf(link_cluster_program("team", [compiled], config))


def event_loads(config: ClusterConfig) -> int:
    """Event loads in the program's code; a core without them has none."""
    program = team(config)
    codes = [code for region in program.code for code in instructions(program, region).values()]
    rows = [WITH.core.instruction_set.find(code) for code in codes]
    return sum(row is not None and row.cycles is Cycles.EVENT for row in rows)


def test_barriers_are_event_loads_on_a_core_that_has_them():
    assert event_loads(SMALL) == 0
    assert event_loads(WITH) >= 4  # two in the team's own function, two in the fork


@pytest.mark.long
def test_a_team_meets_by_event_loads():
    [result] = run_on_model(
        cluster_model(WITH), [ClusterJob(program=team(WITH), config=WITH, max_cycles=1_000_000)]
    )
    assert (result.exit_code, result.why) == (0, "")
