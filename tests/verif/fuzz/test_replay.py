"""Cases in files come back whole, or not at all."""

import json
from pathlib import Path

import pytest

from hw.config import CONFIGS, CoreConfig
from hw.errors import UserError
from verif.fuzz.case import Case, case
from verif.fuzz.replay import read_case, write_case


@pytest.fixture(scope="module")
def some() -> Case:
    return case(CONFIGS["xdecimate"], seed=3, number=4)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_a_seed_and_a_number_are_a_case(config: CoreConfig):
    assert case(config, 11, 2) == case(config, 11, 2)
    assert case(config, 11, 2) != case(config, 11, 3)
    assert case(config, 12, 2) != case(config, 11, 2)


def test_round_trip(some: Case, tmp_path: Path):
    write_case(tmp_path / "case.json", some, "x1: core 0x1,\nmodel 0x2")
    assert read_case(tmp_path / "case.json") == some
    assert read_case(tmp_path / "case.json").job() == some.job()


def test_damage_is_told(some: Case, tmp_path: Path):
    path = tmp_path / "case.json"
    write_case(path, some, "")
    good = path.read_text()
    for damaged, message in (
        (good[:500], "is damaged"),
        ("", "is damaged"),
        ("[1, 2]", "is not a case"),
        ('{"format": "other"}', "is not a case"),
        (good.replace('"passes": ', '"passes": 1'), "checksum"),
    ):
        assert damaged != good
        path.write_text(damaged)
        with pytest.raises(UserError, match=message):
            read_case(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="is damaged"):
        read_case(path)
    with pytest.raises(UserError, match="cannot read"):
        read_case(tmp_path / "none.json")


def test_a_listing_is_there_for_the_reader(some: Case, tmp_path: Path):
    write_case(tmp_path / "case.json", some, "first\nsecond")
    whole = json.loads((tmp_path / "case.json").read_text())
    assert whole["difference"] == ["first", "second"]
    assert len(whole["listing"]) == some.composition.length
