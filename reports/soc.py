"""The table of examples/soc/README.md: the system on an ECP5."""

from common.markdown import table
from common.results import load


def fit() -> str:
    """Resources and frequency, used and available."""
    figures = load("soc_ecp5")
    rows = [(name, f"{used:,}", f"{there:,}") for name, (used, there) in figures["resources"].items()]
    frequency = f"{figures['f_max_mhz']:.1f}", f"{figures['constraint_mhz']:.0f} needed"
    return table((figures["part"], "used", "available"), [*rows, ("MHz", *frequency)])


PARTS = {"fit": fit}
