"""The table of docs/core.md: what CV32E40P has and this core has not."""

from common.markdown import table
from hw.isa.cv32e40p import FEATURES, absent_csrs, absent_instructions


def render() -> str:
    """Features, instructions by extension, registers."""
    rows = [(feature.name, feature.real, feature.here) for feature in FEATURES]
    groups: dict[str, list[str]] = {}
    for row in absent_instructions():
        groups.setdefault(row.extension, []).append(f"`{row.mnemonic}`")
    rows += [(", ".join(names), extension, "illegal instructions") for extension, names in groups.items()]
    rows.append((", ".join(f"`{name}`" for name in absent_csrs()), "registers", "illegal instructions"))
    return table(("what", "CV32E40P", "here"), rows)
