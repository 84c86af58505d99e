"""Chunks of a campaign are known by all that they come from."""

import pytest

from hw.config import XDECIMATE
from verif.fuzz import campaign


def test_a_chunk_depends_on_modules_that_only_records_name(monkeypatch: pytest.MonkeyPatch):
    followed: list[str] = []
    monkeypatch.setattr(campaign, "closure", lambda *modules, outside: followed.extend(modules) or "")
    campaign.unit_of(XDECIMATE, 1, 0)
    assert {"sim.iss.units.decimate", "verif.units.decimate.verification"} < set(followed)
