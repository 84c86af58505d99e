"""Energy of layers on the gates of a mapped core."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.measure import l1_size, measure_recorded
from common.cache import kept_json
from common.closure import closure
from hw.config import CoreConfig
from sim.rtl.model import tile_model
from sw_kernels.layer import Layer
from sw_kernels.program import build_program
from synth.energy import GateLevelCore
from synth.mapping import Flow


class LayerEnergies:
    """A core mapped for a clock period, whose gates run layers.

    Parameters
    ----------
    core : CoreConfig
    flow : Flow
        Its library needs times and energies.
    period : float
        Clock period in ns.
    done : callable
        Hears how many of how many modules are mapped.
    """

    def __init__(
        self,
        core: CoreConfig,
        flow: Flow,
        period: float,
        done: Callable[[int, int], None] = lambda finished, of: None,
    ) -> None:
        self._core, self._library = core, flow.library
        self.mapped = GateLevelCore(core, flow, period, done)
        self._model = tile_model(self.mapped.verilog)
        self._period = period

    def rows(self, layers: Sequence[Layer]) -> Iterator[dict]:
        """For each layer its kernel, and the figures of ``GateLevelCore.energy``; each is kept by content."""
        for layer in layers:
            program = build_program(layer, self._core, l1_size(layer))
            ingredients = (
                closure(__name__),
                self._model.key,
                self._library.digest,
                str(self._period),
                program.read_bytes(),
            )
            yield {
                "operator": layer.kernel.operator.name,
                "kernel": layer.kernel.name,
                "m": layer.kernel.m,
                "geometry": str(layer.geometry),
                **kept_json("reports", ingredients, lambda layer=layer: self._measured(layer)),
            }

    def _measured(self, layer: Layer) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            recording = Path(folder) / "recording"
            measured = measure_recorded(self._model, self._core, layer, recording)
            return {
                "matches_golden": measured.matches_golden,
                **self.mapped.energy(recording, measured.cycles),
            }
