"""The table of docs/core.md: what CV32E40P has and this core has not."""

from common.markdown import table
from hw.isa.cv32e40p import FEATURES, absent_csrs


def render() -> str:
    """Features, and registers."""
    rows = [(feature.name, feature.real, feature.here) for feature in FEATURES]
    rows.append((", ".join(f"`{name}`" for name in absent_csrs()), "registers", "illegal instructions"))
    return table(("what", "CV32E40P", "here"), rows)
