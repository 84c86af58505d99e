"""The instructions of CORE-V that no named configuration has: co-simulation with the model, and cycles."""

import pytest

from hw.config import BASELINE, GROUPS, CoreConfig, config_named
from hw.isa.table import EXTENSIONS
from sim.rtl.model import Model
from tests.cosim import check_random_programs
from verif.coverage.coverage import bins
from verif.programs.cycle_table import EXTENSION_CASES, cases, program, repeated, whole_table

from .conftest import Cycles

CONFIG = config_named(f"{BASELINE.name}+corev")
CASES = {name: case for cases in EXTENSION_CASES.values() for name, case in cases.items()}


def test_random_programs_run_alike_on_core_and_model(model: Model):
    covered = check_random_programs(CONFIG, 3, model)
    own = {*bins(CONFIG)["instructions"]} - {*bins(BASELINE)["instructions"]}
    assert not own & {*covered.holes(CONFIG)["instructions"]}


def test_the_name_of_a_group_stands_for_its_extensions():
    assert CONFIG.extensions - BASELINE.extensions == set(GROUPS["corev"]) == set(EXTENSION_CASES)
    assert CONFIG.extensions == {"m", "c", *(name for name in EXTENSIONS if name.startswith("xcv"))}
    assert CoreConfig.from_dict(CONFIG.as_dict()) == CONFIG
    assert BASELINE.with_("corev", name=CONFIG.name) == CONFIG


@pytest.mark.parametrize("name", CASES)
def test_cycles(cycles: Cycles, name: str):
    assert cycles(lambda count: program(repeated(CASES[name], count), CONFIG)) == CASES[name][1]


def test_the_whole_table_in_one_program(cycles: Cycles):
    total = sum(cost for _, cost in cases(CONFIG).values())
    assert cycles(lambda count: whole_table(CONFIG, count)) == total
