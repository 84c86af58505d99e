"""Formats of layers within a budget of accuracy: the fewest predicted cycles."""

import copy
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn import functional

from common.errors import UserError
from reference.blocks import BLOCK_SIZES
from training.data.images import DataSet, Images, real
from training.export import float_onnx, quantized_onnx
from training.fold import fold
from training.network import Network
from training.pruning.formats import Format, formats
from training.pruning.sparse import make_permanent, make_sparse
from training.recipe import Settings
from training.trainer import Trainer

#: Predicted cycles by the names of nodes, of an int8 model.
Cycles = Callable[[bytes], Mapping[str, float]]
#: Images whose loss tells how much a layer matters, and those whose activations give the scales.
_IMAGES, _SAMPLES = 512, 8
#: Part of the images of training that judge a choice of formats.
_HELD_OUT = 10
#: Part of the pruned phase that a choice is trained for before it is judged.
_PROBE = 4
#: Loss that counts as none, so that layers without any come in the order of the cycles they save.
_NOTHING = 1e-4


@dataclass(frozen=True, kw_only=True)
class Move:
    """A step from one choice of formats to a faster one: a layer that becomes sparser.

    Parameters
    ----------
    layer : str
    m : int
    saved : float
        Predicted cycles.
    harm : float
        Loss that it adds without training.
    """

    layer: str
    m: int
    saved: float
    harm: float


class Budget:
    """Chooses formats: the network that loses at most some points of accuracy and takes the fewest cycles.

    Layers become sparser one step at a time, first where a step saves most cycles for the loss that it adds
    without training. How far to go is found by bisection: a choice is trained for a part of the pruned phase
    and compared with the dense network that is trained as long, on images that both do not see then. Equal
    steps are taken in the order of the layers, so that the same seed gives the same choice.

    Parameters
    ----------
    settings : Settings
    data : DataSet
    points : float
    cycles : callable
        Predicts.
    """

    def __init__(self, settings: Settings, data: DataSet, points: float, cycles: Cycles) -> None:
        self._settings, self._data, self._points, self._cycles = settings, data, points, cycles

    def __call__(self, model: Network) -> Sequence[Format]:
        """The formats of a trained dense network."""
        base = formats(model, min(BLOCK_SIZES), only=model.prunable, exclude=self._settings.exclude)
        names = [one.name for one in base if one.m is not None]
        moves = path(self._table(model, base, names), self._harm(model, base, names))
        state = copy.deepcopy(model.state_dict())
        dense = self._probe(model, state, _with(base, {}))

        def accepted(steps: int) -> bool:
            found = self._probe(model, state, _with(base, reached(moves[:steps])))
            return 100 * (dense - found) <= self._points

        chosen = reached(moves[: furthest(len(moves), accepted)])
        possible = {move.layer for move in moves}
        why = f"the budget of {self._points:g} points leaves it dense"
        return tuple(
            one
            if one.name not in names
            else replace(
                one,
                m=chosen.get(one.name),
                reason=""
                if one.name in chosen
                else why
                if one.name in possible
                else "no sparse format takes fewer cycles",
            )
            for one in base
        )

    def _table(
        self, model: Network, base: Sequence[Format], names: Sequence[str]
    ) -> dict[str, dict[int | None, float]]:
        """Predicted cycles of each layer by its format."""
        found: dict[str, dict[int | None, float]] = {name: {} for name in names}
        samples = real(torch.from_numpy(self._data.train.first(_SAMPLES).pixels)).numpy()
        for m in (None, *BLOCK_SIZES):
            pruned = _pruned(model, _with(base, dict.fromkeys(names, m) if m else {}))
            made = float_onnx(fold(pruned), self._data.task.input_shape)
            cycles = self._cycles(quantized_onnx(made, samples))
            for name in names:
                own = [value for node, value in cycles.items() if name in node.split("/")]
                if not own:
                    raise UserError(
                        f"no node of the exported model is called {name}, so that its cycles are unknown; "
                        "choose 1:4, 1:8 or 1:16 instead of a budget"
                    )
                found[name][m] = sum(own)
        return found

    def _harm(
        self, model: Network, base: Sequence[Format], names: Sequence[str]
    ) -> dict[str, dict[int, float]]:
        """Loss that pruning a layer alone adds, without training."""
        images = self._data.train.drawn(_IMAGES, self._settings.seed)
        dense = _loss(model, images)
        return {
            name: {
                m: max(0.0, _loss(_pruned(model, _with(base, {name: m})), images) - dense)
                for m in BLOCK_SIZES
            }
            for name in names
        }

    def _probe(self, model: Network, state: Mapping[str, torch.Tensor], chosen: Sequence[Format]) -> float:
        """Accuracy of held-out images after a short training."""
        train = self._data.train
        held = len(train) // _HELD_OUT
        mixed = train.drawn(len(train), self._settings.seed)
        data = replace(
            self._data,
            train=Images(pixels=mixed.pixels[held:], labels=mixed.labels[held:]),
            test=mixed.first(held),
        )
        recipe = self._settings.recipe
        short = replace(recipe, epochs=(0, max(1, recipe.epochs[1] // _PROBE), 0))
        with tempfile.TemporaryDirectory() as folder:
            trainer = Trainer(
                replace(self._settings, recipe=short),
                lambda: copy.deepcopy(model),
                data,
                Path(folder) / "checkpoint.pt",
                lambda _: chosen,
            )
            trainer.start_from(dict(state))
            trainer.run(lambda *_: None)
        return trainer.history[-1]["accuracy"]


def path(
    cycles: Mapping[str, Mapping[int | None, float]], harm: Mapping[str, Mapping[int, float]]
) -> list[Move]:
    """Steps from the dense network to the fastest, the best bargain first.

    Parameters
    ----------
    cycles : mapping
        Predicted cycles by layer and format.
    harm : mapping
        Loss by layer and 1:M; the loss of a sparser format counts as at least that of a denser one.
    """
    now: dict[str, int | None] = dict.fromkeys(cycles)
    moves: list[Move] = []
    while True:
        best: tuple[float, Move] | None = None
        for layer, m in now.items():
            before = 0.0 if m is None else max(harm[layer][size] for size in BLOCK_SIZES if size <= m)
            for size in BLOCK_SIZES:
                saved = cycles[layer][m] - cycles[layer][size]
                if saved <= 0 or (m is not None and size <= m):
                    continue
                after = max(harm[layer][smaller] for smaller in BLOCK_SIZES if smaller <= size)
                move = Move(layer=layer, m=size, saved=saved, harm=after - before)
                worth = saved / (move.harm + _NOTHING)
                if best is None or worth > best[0]:
                    best = worth, move
        if best is None:
            return moves
        moves.append(best[1])
        now[best[1].layer] = best[1].m


def furthest(steps: int, accepted: Callable[[int], bool]) -> int:
    """The most steps, found by bisection, that are accepted as all fewer ones are; 0 always are."""
    good, bad = 0, steps + 1
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if accepted(middle) else (good, middle)
    return good


def reached(moves: Sequence[Move]) -> dict[str, int]:
    """M by layer behind some steps."""
    return {move.layer: move.m for move in moves}


def _with(base: Sequence[Format], chosen: Mapping[str, int]) -> tuple[Format, ...]:
    return tuple(replace(one, m=chosen.get(one.name)) for one in base)


def _pruned(model: Network, chosen: Sequence[Format]) -> Network:
    """A copy, pruned by magnitude."""
    made = copy.deepcopy(model).cpu().eval()
    make_sparse(made, chosen)
    make_permanent(made)
    return made


def _loss(model: Network, images: Images) -> float:
    model.eval()
    device = next(model.parameters()).device
    with torch.no_grad():
        outputs = model(real(torch.from_numpy(images.pixels).to(device)))
        return float(functional.cross_entropy(outputs, torch.from_numpy(images.labels).to(device)))
