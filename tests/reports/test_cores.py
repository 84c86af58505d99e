"""Cycles of networks are those of the cores that the names stand for today."""

from common.results import RESULTS, load
from hw.config import config_named


def test_networks_ran_on_the_cores_of_today():
    names = [
        f"{folder}/{path.stem}"
        for folder in ("paper_networks", "xdecmac_networks")
        for path in (RESULTS / folder).glob("*.json")
    ]
    cores = {name: [row["config"]["core"] for row in load(name)["rows"]] for name in names}
    assert len(cores) > 5
    for name, own in cores.items():
        assert own == [config_named(core["name"]).as_dict() for core in own], name
