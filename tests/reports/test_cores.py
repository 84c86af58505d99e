"""Tables of cycles mark what was measured on other cores than the names stand for today."""

from common.results import RESULTS, load
from reports.cores import is_earlier

#: Reports of an earlier core, which `make NAME` measures again.
_EARLIER = {"paper_networks/vit_small_full"}


def test_tables_mark_what_is_of_an_earlier_core():
    names = [
        f"{folder}/{path.stem}"
        for folder in ("paper_networks", "xdecmac_networks")
        for path in (RESULTS / folder).glob("*.json")
    ]
    earlier = {name for name in names for row in load(name)["rows"] if is_earlier(row["config"]["core"])}
    assert earlier == _EARLIER
