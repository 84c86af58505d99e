"""Cases in files come back whole, or not at all."""

import json
import re
from pathlib import Path

import pytest

from common.errors import UserError
from hw.config import CONFIGS, CoreConfig
from verif.fuzz import replay
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


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("config",), "rv64", "configuration must be one of rv32im"),
        (("config",), ["xdecimate"], "is damaged"),
        (("head",), 5, "is damaged"),
        (("head",), "0000006g", "is damaged"),
        (("head",), "1ffffffff", "32 bits"),
        (("entry",), 10_000, "entry must be in 0.."),
        (("entry",), True, "entry must be in 0.."),
        (("passes",), "3", "passes must be in 1..2047, not '3'"),
        (("counter",), 32, "counter must be in 1..31"),
        (("waits",), None, "is damaged"),
        (("waits", "data_grant"), 256, "data_grant must be in 0..255"),
        (("waits", "data_gnt"), 1, "data_gnt"),
        (("simulation_seed",), 0, "simulation_seed must be"),
        (("interrupt_rate",), 1.5, "interrupt_rate must be"),
        (("max_cycles",), -1, "max_cycles must be"),
        (("memory",), {"0x0": "00"}, "1 bytes at 0x00000000 must lie in one memory"),
        (("memory",), {"0x10000000": "0"}, "is damaged"),
        (("units",), {}, None),
        (("units",), [1], "is damaged"),
        (("units", 0, "pinned"), [10_000], "pinned must number"),
        (("units", 0, "words"), "00000013 " * 40_000, "at most"),
    ],
)
def test_what_is_wrong_inside_is_told(
    some: Case, tmp_path: Path, place: tuple[str | int, ...], value: object, message: str | None
):
    """The checksum fits: somebody wrote the file by hand."""
    path = tmp_path / "case.json"
    write_case(path, some, "")
    whole = json.loads(path.read_text())
    inside = whole["case"]
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = value
    whole["checksum"] = replay._checksum(whole["case"])
    path.write_text(json.dumps(whole))
    if message is None:  # no units are a program, too
        assert read_case(path).composition.units == ()
        return
    with pytest.raises(UserError, match=re.escape(message)):
        read_case(path)


@pytest.mark.parametrize("name", ["config", "head", "entry", "units", "waits", "memory", "max_cycles"])
def test_what_is_missing_is_told(some: Case, tmp_path: Path, name: str):
    path = tmp_path / "case.json"
    write_case(path, some, "")
    whole = json.loads(path.read_text())
    del whole["case"][name]
    whole["checksum"] = replay._checksum(whole["case"])
    path.write_text(json.dumps(whole))
    with pytest.raises(UserError, match=f"KeyError: '{name}'"):
        read_case(path)


def test_a_listing_is_there_for_the_reader(some: Case, tmp_path: Path):
    write_case(tmp_path / "case.json", some, "first\nsecond")
    whole = json.loads((tmp_path / "case.json").read_text())
    assert whole["difference"] == ["first", "second"]
    assert len(whole["listing"]) == some.composition.length
