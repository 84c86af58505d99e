"""The files that docs/extending.md lists for a new unit are those of the units that there are."""

import re

import pytest

from hw.units.registry import UNITS
from hw.units.unit import Unit
from reports.documents import ROOT

FILES = re.findall(r"^\| `(\S*NAME\S*)` \|", (ROOT / "docs" / "extending.md").read_text(), re.MULTILINE)


def test_each_room_has_a_file():
    assert {path.partition("/")[0] for path in FILES} == {"hw", "sim", "verif", "reference", "tests"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_units_have_these_files(unit: Unit):
    paths = [path.replace("NAME", unit.name) for path in FILES]
    assert [path for path in paths if not (ROOT / path).is_file()] == []
    for module in (unit.connect.__module__, unit.model, unit.verification):
        assert module.replace(".", "/") + ".py" in paths
