"""The files that docs/extending.md lists for a new unit or operator are those of the ones that there are."""

import re

import pytest

from hw.units.registry import UNITS
from hw.units.unit import Unit
from reports.documents import ROOT
from sw_kernels.operator import Operator
from sw_kernels.registry import operators

SECTIONS = re.split(r"^## ", (ROOT / "docs" / "extending.md").read_text(), flags=re.MULTILINE)


def files_of(title: str, name: str) -> list[str]:
    """Files of the table in a section, for one of this name."""
    (section,) = (text for text in SECTIONS if text.startswith(f"{title}\n"))
    return [
        path.replace("NAME", name) for path in re.findall(r"^\| `(\S*NAME\S*)` \|", section, re.MULTILINE)
    ]


def missing(paths: list[str]) -> list[str]:
    return [path for path in paths if not (ROOT / path).is_file()]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_has_its_files(unit: Unit):
    paths = files_of("A new unit", unit.name)
    assert {path.partition("/")[0] for path in paths} == {"hw", "sim", "verif", "reference", "tests"}
    assert missing(paths) == []
    for module in (unit.connect.__module__, unit.model, unit.verification):
        assert module.replace(".", "/") + ".py" in paths


@pytest.mark.parametrize("operator", operators(), ids=str)
def test_an_operator_has_its_files(operator: Operator):
    paths = files_of("A new operator", operator.name)
    assert missing(paths) == []
    for part in (operator.geometry, operator.layer, type(operator.walk)):
        assert part.__module__.replace(".", "/") + ".py" in paths
