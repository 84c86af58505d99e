"""Accuracies and cycles of trained networks, over several seeds."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from xdecimate._api.configuration import core_config
from xdecimate._api.training import accuracy, check_sparsities, train


@dataclass(frozen=True, kw_only=True)
class AccuracyRow:
    """A network at a sparsity on cores of one kind.

    Parameters
    ----------
    model, data, sparsity, isa : str
    seeds : tuple of int
    floating, int8 : tuple of float
        Accuracy by seed, 0 to 1; ``int8`` is that of the compiled file by onnxruntime.
    drops : tuple of float
        Points by which ``int8`` is below that of the dense network of the same seed.
    cycles : int
        On the RTL, mean of the images of the first seed.
    predicted_cycles, weight_bytes : int
        Of the first seed.
    rtl_images, rtl_equal : int
        Images on the RTL, and those that equal the golden models in every byte of every layer.
    """

    model: str
    data: str
    sparsity: str
    isa: str
    seeds: tuple[int, ...]
    floating: tuple[float, ...]
    int8: tuple[float, ...]
    drops: tuple[float, ...]
    cycles: int
    predicted_cycles: int
    weight_bytes: int
    rtl_images: int
    rtl_equal: int

    @property
    def mean(self) -> float:
        """Mean accuracy of the int8 models."""
        return fmean(self.int8)

    @property
    def spread(self) -> float:
        """Standard deviation over the seeds; 0 of one seed."""
        return stdev(self.int8) if len(self.int8) > 1 else 0.0


def accuracy_rows(
    models: Sequence[str],
    data: str,
    sparsities: Sequence[str],
    isas: Sequence[str],
    seeds: int,
    folder: Path,
    *,
    epochs: str | None = None,
    rtl: int = 1,
    jobs: int = 1,
    done: Callable[[str, int, int], None] = lambda what, count, of: None,
) -> list[AccuracyRow]:
    """Train networks at all sparsities from one dense network for each seed, and measure them.

    Parameters
    ----------
    models, data
        As for ``train``.
    sparsities, isas : sequence of str
        ``dense`` is trained in any case.
    seeds : int
        Seeds 1, 2, ...
    folder : Path
        Of the trainings; those that have ended there are not repeated.
    epochs
        As for ``train``.
    rtl : int
        Images on the RTL for each row.
    jobs : int
        Processes that train side by side, with one thread each.
    done : callable
        Called with what has ended, how many trainings and measurements have, and how many there are.

    Raises
    ------
    UserError
        Before any training when a sparsity or a kind of cores is unknown; else as ``train`` and ``accuracy``.
    """
    check_sparsities(sparsities)
    for isa in isas:
        core_config(isa)
    measured = ("dense", *(one for one in sparsities if one != "dense"))
    of, count = len(models) * (seeds + len(measured) * len(isas)), 0

    def ended(what: str) -> None:
        nonlocal count
        count += 1
        done(what, count, of)

    units = [
        (model, data, tuple(sparsities), seed, folder, epochs)
        for seed in range(1, seeds + 1)
        for model in models
    ]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        for unit, _ in zip(units, pool.map(_train, units), strict=True):
            ended(f"trained {unit[0]} with seed {unit[3]}")
    rows = []
    for model in models:
        dense: tuple[float, ...] = ()
        for sparsity in measured:
            places = [_place(folder, model, sparsity, seed) for seed in range(1, seeds + 1)]
            found = [accuracy(place, data, golden=0) for place in places]
            int8 = tuple(one.int8 for one in found)
            dense = dense or int8
            for isa in isas:
                ran = accuracy(places[0], data, images=max(rtl, 1), golden=0, rtl=rtl, config=isa)
                ended(f"measured {model} {sparsity} on {isa}")
                rows.append(
                    AccuracyRow(
                        model=model,
                        data=data.partition(":")[0],
                        sparsity=sparsity,
                        isa=isa,
                        seeds=tuple(range(1, seeds + 1)),
                        floating=tuple(one.floating for one in found if one.floating is not None),
                        int8=int8,
                        drops=tuple(100 * (a - b) for a, b in zip(dense, int8, strict=True)),
                        cycles=round(ran.cycles or ran.predicted_cycles),
                        predicted_cycles=ran.predicted_cycles,
                        weight_bytes=ran.weight_bytes,
                        rtl_images=ran.rtl_images,
                        rtl_equal=ran.rtl_equal,
                    )
                )
    return [row for row in rows if row.sparsity in sparsities]


def _place(folder: Path, model: str, sparsity: str, seed: int) -> Path:
    return folder / f"{model}_{sparsity.replace(':', '_')}_{seed}"


def _train(unit: tuple[str, str, tuple[str, ...], int, Path, str | None]) -> None:
    """Train the dense network of a seed, and all sparsities from it."""
    model, data, sparsities, seed, folder, epochs = unit
    dense = _place(folder, model, "dense", seed)
    train(model, data, dense, seed=seed, epochs=epochs)
    for sparsity in sparsities:
        if sparsity != "dense":
            place = _place(folder, model, sparsity, seed)
            train(model, data, place, sparsity=sparsity, seed=seed, start=dense, epochs=epochs)
