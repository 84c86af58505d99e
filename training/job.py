"""A training in a folder: checkpoints, the models that it leaves, and its record."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from common.errors import UserError
from common.files import write_atomically
from compiler.models.registry import classifier
from training.checkpoint import load_checkpoint, save_checkpoint
from training.data.images import DataSet, Images, real
from training.export import float_onnx, quantized_onnx
from training.network import Network
from training.pruning.formats import Format, formats, report
from training.recipe import Settings
from training.reproducible import reproducible
from training.target import target
from training.trainer import DENSE, PRUNED, Choose, Epoch, Trainer

CHECKPOINT, DENSE_WEIGHTS, RECORD = "checkpoint.pt", "dense.pt", "training.json"
FLOAT, INT8 = "float.onnx", "model.onnx"
#: Images of training whose activations give the scales.
_SAMPLES = 256


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A training that has ended; the fields are those of training.json.

    Parameters
    ----------
    settings : dict
        Of the training, as ``recipe.Settings`` has them.
    layers : list of dict
        Each layer's format, zeros, and why it is dense.
    dense, pruned : float
        Accuracy of the test images in floating point, 0 to 1: of the network that pruning began with, and
        behind the pruned phase.
    history : list of dict
        Epochs with their losses and accuracies.
    """

    settings: dict[str, Any]
    layers: list[dict[str, Any]]
    dense: float
    pruned: float
    history: list[dict[str, Any]]


def train(
    settings: Settings,
    data: DataSet,
    folder: Path,
    *,
    start: Path | None = None,
    choose: Choose | None = None,
    reported: Callable[[Epoch], None] = lambda epoch: None,
) -> Trained:
    """Train a network in a folder, or continue there.

    The folder then has the int8 model ``model.onnx``, the same network in floating point before the
    quantization, ``float.onnx``, the dense weights ``dense.pt``, and the record ``training.json``.

    Parameters
    ----------
    settings : Settings
    data : DataSet
    folder : Path
    start : Path, optional
        Folder of a training of the same network on the same data, with whose dense weights to begin;
        ``with_start`` puts it into the settings.
    choose : callable, optional
        Chooses the formats of the trained dense network; by default the layers that the architecture calls
        prunable have that of ``settings.sparsity``.
    reported : callable
        Called with each epoch that has ended.

    Raises
    ------
    UserError
        When the network does not exist or fits the images, a checkpoint is of another training, files cannot
        be written, or the numbers are not finite.
    """
    network = partial(_network, settings, data)
    with reproducible(settings.threads):
        network()  # a network that does not fit the images is refused before anything is written
        return _train(settings, network, data, folder, start, choose or partial(_choose, settings), reported)


def _train(
    settings: Settings,
    network: Callable[[], Network],
    data: DataSet,
    folder: Path,
    start: Path | None,
    choose: Choose,
    reported: Callable[[Epoch], None],
) -> Trained:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make {folder}: {error.strerror}; choose another folder") from error
    trainer = Trainer(settings, network, data, folder / CHECKPOINT, choose, reported)
    if start is not None and not trainer.path.exists():
        trainer.start_from(load_checkpoint(start / DENSE_WEIGHTS)["model"])

    def ended(phase: int, model: nn.Module) -> None:
        if phase == DENSE:
            same = {"model": settings.model, "data": settings.data}
            save_checkpoint(folder / DENSE_WEIGHTS, same, {"model": model.state_dict()})
        elif phase == PRUNED:
            write_atomically(folder / FLOAT, float_onnx(model, data.task.input_shape))

    model = trainer.run(ended)
    return _finish(settings, data, folder, trainer, model)


def _finish(settings: Settings, data: DataSet, folder: Path, trainer: Trainer, model: nn.Module) -> Trained:
    """Write the int8 model and the record."""
    made = quantized_onnx(
        float_onnx(model, data.task.input_shape), inputs(data.train.drawn(_SAMPLES, settings.seed))
    )
    write_atomically(folder / INT8, made)
    layers = report(model, trainer.formats)
    assert all(one.obeys for one in layers), "a block has more than one weight"
    last = {one["phase"]: one["accuracy"] for one in trainer.history}
    record = Trained(
        settings=settings.plain,
        layers=[dict(one.row) for one in layers],
        dense=trainer.dense_accuracy,
        pruned=last["pruned"],
        history=trainer.history,
    )
    write_atomically(folder / RECORD, json.dumps(asdict(record), indent=2) + "\n")
    return record


def read_record(folder: Path) -> Trained:
    """The record of a training that has ended; ``UserError`` when there is none."""
    path = folder / RECORD
    try:
        return Trained(**json.loads(path.read_text()))
    except FileNotFoundError as error:
        raise UserError(f"there is no {path}; give the folder of a training that has ended") from error
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged: {error}; train again into this folder") from error


def inputs(images: Images) -> np.ndarray:
    """Inputs of a network for images: shape (N, C, H, W), float32."""
    return real(torch.from_numpy(images.pixels)).numpy()


def start_hash(settings: Settings, start: Path) -> str:
    """Hash of the dense weights of a folder; ``UserError`` when they are of another network or other data."""
    path = start / DENSE_WEIGHTS
    found = load_checkpoint(path, {"model": settings.model, "data": settings.data})["model"]
    digest = hashlib.sha256()
    for name, values in found.items():
        digest.update(name.encode() + values.contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def _network(settings: Settings, data: DataSet) -> Network:
    return Network(classifier(settings.model, data.task))


def _choose(settings: Settings, model: Network) -> Sequence[Format]:
    m = target(settings.sparsity).m
    return formats(model, m, only=model.prunable if m else (), exclude=settings.exclude)
