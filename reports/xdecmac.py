"""The table of docs/xdecmac.md: area of the unit's variants over XDecimate in every library."""

from common.markdown import table
from hw.config import XDECIMATE, CoreConfig, config_named
from hw.units.decmac.instructions import XACC
from reports.synthesis import load_all, marked, noted


def _accumulators(config: CoreConfig) -> str:
    [state] = (state for state in config.state if state.csr.address == XACC)
    return f"{state.depth} of {state.width} bits"


def area() -> str:
    """A row for each variant and library."""
    reports = [
        report
        for report in load_all("area")
        if report["config"][0] == XDECIMATE.name
        and config_named(report["config"][1]).units != XDECIMATE.units
    ]
    rows = [
        (
            marked(report["library"], report),
            f"`{report['config'][1]}`",
            _accumulators(config_named(report["config"][1])),
            f"{report['extended_ge']:,.0f}",
            f"{report['overhead_ge']:+,.0f}",
            f"{report['overhead_percent']:.2f}",
            f"{report['path_ratio']:.3f}",
        )
        for report in sorted(reports, key=_library_and_size)
    ]
    heads = (
        "library",
        "configuration",
        "accumulators",
        "GE",
        "GE over xdecimate",
        "%",
        "ratio of longest paths",
    )
    return noted(table(heads, rows), reports)


def _library_and_size(report: dict) -> tuple[str, float]:
    return report["library"], report["extended_ge"]


PARTS = {"xdecmac area": area}
