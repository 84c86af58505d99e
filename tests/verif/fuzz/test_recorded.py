"""Claims of the recorded campaign."""

from common.results import load
from hw.config import CONFIGS
from verif.coverage.coverage import bins


def test_the_recorded_campaign_has_no_difference_in_any_configuration():
    campaigns = load("fuzz")["configurations"]
    assert {campaign["config"] for campaign in campaigns} == set(CONFIGS)
    for campaign in campaigns:
        assert campaign["differences"] == []
        counted = {group: found["bins"] for group, found in campaign["coverage"].items()}
        assert counted == {group: len(found) for group, found in bins(CONFIGS[campaign["config"]]).items()}
