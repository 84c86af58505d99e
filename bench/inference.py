"""The result of a network that ran: every layer's output against the golden models, and its cycles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from compiler.folder.read import NetworkFolder
from compiler.folder.record import NetworkRecord, StepRecord
from compiler.report.figures import Measured, figures
from sim.rtl.errors import SimulationError


class LayerError(SimulationError):
    """A layer whose program did not end; the message names it."""


@dataclass(frozen=True, kw_only=True)
class LayerResult:
    """One layer of a network that ran.

    Parameters
    ----------
    layer : StepRecord
        Its name, kernel, shape and predicted cycles.
    cycles : int
        Of the slowest core, with the transfer of the plan and all others; 0 on a PC.
    counters : dict of str to int
        Sums over the cores, by cause.
    output : ndarray, int8
    differs_at : int or None
        First byte that is not the golden model's.
    measured_as : str or None
        In a composed run, the layer of the same program that ran in its place; the output is golden then.
    """

    layer: StepRecord
    cycles: int
    counters: Mapping[str, int]
    output: np.ndarray
    differs_at: int | None
    measured_as: str | None = None


@dataclass(frozen=True, kw_only=True)
class Inference:
    """One input through a network, layer after layer.

    Parameters
    ----------
    output : ndarray, int8
        The values that the program computed, in the shape of the model's output.
    cycles : int
        Clock cycles of all layers, with every transfer between L1 and L2 or L3; 0 on a PC.
    layers : tuple of LayerResult
        Cycles, counters by cause and output of each layer.
    model : str
        ``rtl`` or ``host``: where the program ran.
    composed : bool
        Layers of one program ran once.
    """

    output: np.ndarray
    cycles: int
    layers: tuple[LayerResult, ...] = field(repr=False)
    model: str = "rtl"
    composed: bool = False

    @property
    def matches_golden(self) -> bool:
        """True if every byte of every layer is the golden model's."""
        return all(layer.differs_at is None for layer in self.layers)

    def figures(self, record: NetworkRecord) -> dict[str, Any]:
        """The report's figures of a run on the RTL."""
        measured = [
            Measured(
                cycles=layer.cycles,
                counters=layer.counters,
                differs_at=layer.differs_at,
                measured_as=layer.measured_as,
            )
            for layer in self.layers
        ]
        return figures(record, measured, self.cycles)

    @property
    def first_wrong(self) -> LayerResult | None:
        """The first layer with a byte that is not the golden model's."""
        return next((layer for layer in self.layers if layer.differs_at is not None), None)

    @staticmethod
    def checked(
        folder: NetworkFolder,
        golden: Sequence[np.ndarray],
        layers: Sequence[LayerResult],
        output: np.ndarray,
        *,
        cycles: int = 0,
        model: str,
    ) -> "Inference":
        """An inference whose output is compared too: the table may place it elsewhere than its layer does."""
        number = folder.golden.output_step
        wrong, made = first_difference(output, folder.golden.output(golden)), list(layers)
        if wrong is not None and made[number].differs_at is None:
            made[number] = replace(made[number], differs_at=wrong)
        return Inference(output=output, cycles=cycles, layers=tuple(made), model=model)


def first_difference(found: np.ndarray, expected: np.ndarray) -> int | None:
    """First index, counted through all axes, where two arrays of one size differ; None if they do not."""
    wrong = np.flatnonzero(found.ravel() != expected.ravel())
    return int(wrong[0]) if wrong.size else None
