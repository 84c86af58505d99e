"""The table of docs/xdecmac.md: area of the unit's variants over XDecimate, from results/synth."""

from common.markdown import table
from hw.config import CoreConfig, config_named
from hw.units.decmac.instructions import XACC
from reports.synthesis import load

#: Cores with a variant of the unit, and the ends of the names of their reports.
VARIANTS = {"xdecmac": "xdecmac", "xdecimate+xdecmac28": "xdecmac28", "xdecmac8": "xdecmac8"}


def _accumulators(config: CoreConfig) -> str:
    [state] = (state for state in config.state if state.csr.address == XACC)
    return f"{state.depth} of {state.width} bits"


def area() -> str:
    """A row for each variant."""
    rows = []
    for name, end in VARIANTS.items():
        found = load(f"area_{end}")
        rows.append(
            (
                f"`{name}`",
                _accumulators(config_named(name)),
                f"{found['extended_ge']:,.0f}",
                f"{found['overhead_ge']:+,.0f}",
                f"{found['overhead_percent']:.2f}",
                f"{found['path_ratio']:.3f}",
            )
        )
    heads = ("configuration", "accumulators", "GE", "GE over xdecimate", "%", "ratio of longest paths")
    return table(heads, rows)


PARTS = {"xdecmac area": area}
