"""The campaign's table is that of the recorded figures, and these show what is claimed of them."""

import json

from hw.config import CONFIGS
from verif.coverage.coverage import bins
from verif.fuzz.document import FIGURES, PAGE, updated


def test_the_page_shows_the_recorded_campaign():
    assert updated(PAGE.read_text()) == PAGE.read_text(), "run: python -m verif.fuzz.document"


def test_the_recorded_campaign_has_no_difference_in_any_configuration():
    campaigns = json.loads(FIGURES.read_text())["configurations"]
    assert {campaign["config"] for campaign in campaigns} == set(CONFIGS)
    for campaign in campaigns:
        assert campaign["differences"] == []
        counted = {group: found["bins"] for group, found in campaign["coverage"].items()}
        assert counted == {group: len(found) for group, found in bins(CONFIGS[campaign["config"]]).items()}
