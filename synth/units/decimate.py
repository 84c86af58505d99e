"""Area and longest paths of variants of the XDecimate unit."""

from collections.abc import Callable

from hw.generate import component_verilog
from hw.units.decimate.record import DECIMATE
from hw.units.decimate.unit import DecimateUnit
from synth.area import path_figures
from synth.canonical_modules import design
from synth.mapping import Flow, map_designs
from synth.netlist import Netlist
from synth.reports import Report, about, report
from synth.timing import TimingGraph

#: What a gate of the unit works for, by the register or port that it ends at.
_PARTS = {
    "counter": ("counter", "csr_rdata"),
    "index and address": ("mem_addr", "mem_offset"),
    "merge and forwarding": ("held", "result_data", "hold_wdata"),
    "control": ("pending", "merge_lane", "mem_valid", "result_valid", "hold_we"),
}


def unit_variants(
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> Report:
    """The unit by itself: some block sizes or all, and an adder and a register of its own or the host's."""
    choices = [(sizes, own) for own in (False, True) for sizes in ((4, 8, 16), (8, 16))]
    lender = {False: "the host's", True: "own"}
    name = DECIMATE.module

    def measure() -> dict:
        designs = {
            f"M {' '.join(map(str, sizes))}, {lender[own]}": design(
                component_verilog(DecimateUnit(standalone=own, sizes=sizes), name), name
            )
            for sizes, own in choices
        }
        folders = map_designs(list(designs.values()), flow, done)
        netlists = [Netlist(folder / "netlist.json", name, flow.library) for folder in folders]
        rows = [
            {
                "m": list(sizes),
                "adder_and_register": lender[own],
                "ge": round(sum(netlist.areas().values()), 1),
                "flip_flops": netlist.flip_flops(),
                "parts": {part: round(area, 1) for part, area in netlist.parts(_PARTS).items()},
                "path": path_figures(TimingGraph(netlist).longest(), flow.library.units),
            }
            for (sizes, own), netlist in zip(choices, netlists, strict=True)
        ]
        return about(flow, designs) | {"rows": rows}

    return report(flow, (), measure)
