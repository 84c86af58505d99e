"""The training of a network: dense, pruned, and with simulated quantization."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle

from common.errors import UserError
from training.checkpoint import load_checkpoint, save_checkpoint
from training.data.images import DataSet, Images, real, varied
from training.fake_quantization import end_simulation, simulate
from training.fold import fold
from training.network import Network
from training.pruning.formats import Format, check_finite, part_left
from training.pruning.sparse import Method, advance, make_permanent, make_sparse
from training.recipe import Settings

PHASES = ("dense", "pruned", "quantized")
DENSE, PRUNED, QUANTIZED = range(3)
#: Part of the pruned phase in which gradual pruning ends, and the steps from one pruning to the next.
_GRADUAL, _EVERY = 0.6, 10
#: Part of a phase in which the learning rate rises.
_WARM_UP = 0.05
#: Test images up to which accuracy is measured after each epoch; of more, every fifth time.
_FEW, _SELDOM = 2000, 5
_BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """An epoch that has ended.

    Parameters
    ----------
    phase : str
    number, of : int
    loss : float
        Mean over the images.
    accuracy : float or None
        Of the test images, 0 to 1, where it was measured.
    """

    phase: str
    number: int
    of: int
    loss: float
    accuracy: float | None


#: Chooses the formats of a trained dense network.
Choose = Callable[[Network], Sequence[Format]]


class Trainer:
    """A training with its state; ``run`` starts or continues it. It belongs inside ``reproducible``.

    Parameters
    ----------
    settings : Settings
    network : callable
        Makes the network before training, seeded.
    data : DataSet
    checkpoint : Path
        Written after each epoch.
    choose : callable
        Chooses the formats once the dense network is trained.
    reported : callable
        Called with each ``Epoch``.
    """

    def __init__(
        self,
        settings: Settings,
        network: Callable[[], Network],
        data: DataSet,
        checkpoint: Path,
        choose: Choose,
        reported: Callable[[Epoch], None] = lambda epoch: None,
    ) -> None:
        self.settings, self.data, self.path = settings, data, checkpoint
        self._choose, self._reported = choose, reported
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(settings.seed)
        self.model: nn.Module = network()
        self.phase = self.epoch = 0
        self.formats: tuple[Format, ...] = ()
        self.history: list[dict[str, Any]] = []
        self.dense_accuracy = 0.0
        self._handles: list[RemovableHandle] = []
        self._pixels = torch.from_numpy(data.train.pixels).to(self.device)
        self._labels = torch.from_numpy(data.train.labels).to(self.device)

    def run(self, ended: Callable[[int, nn.Module], None]) -> nn.Module:
        """Train from the checkpoint, or from the beginning, to the end.

        Parameters
        ----------
        ended : callable
            Called with the number of a phase and the network that it leaves: with normalization after the
            first, folded and N:M after the others. A training that continues may call it again.

        Returns
        -------
        Module
            The network whose weights are those of the int8 model.

        Raises
        ------
        UserError
            When the checkpoint is not of this training, it cannot be written, or the loss is not finite.
        """
        if self.path.exists():
            self._restore()
        else:
            self._begin()
        while True:
            while self.epoch < self.settings.recipe.epochs[self.phase]:
                self._train_epoch()
            if self.phase == QUANTIZED:
                end_simulation(self.model, self._handles)
                ended(QUANTIZED, self.model)
                return self.model
            if self.phase == DENSE:
                assert isinstance(self.model, Network)
                self.dense_accuracy = accuracy(self.model, self.data.test)
                ended(DENSE, self.model)
                self.formats = tuple(self._choose(self.model))
            self._enter(self.phase + 1, ended)
            self.epoch = 0
            self._begin()

    def start_from(self, state: dict[str, Any]) -> None:
        """Use the weights of a trained dense network instead of the first phase."""
        self.model.load_state_dict(state)
        self.epoch = self.settings.recipe.epochs[DENSE]

    def _enter(self, phase: int, ended: Callable[[int, nn.Module], None] = lambda *_: None) -> None:
        """Turn the network into that of the next phase."""
        if phase == PRUNED:
            make_sparse(self.model, self.formats, self.settings.method)
        else:
            make_permanent(self.model)
            self.model = fold(self.model.cpu())
            ended(PRUNED, self.model)
            make_sparse(self.model, self.formats, Method.ONE_SHOT)
            self._handles = simulate(self.model)
        self.phase = phase

    def _begin(self) -> None:
        """Make the optimizer of a phase."""
        recipe = self.settings.recipe
        self.model = cast(Any, self.model).to(self.device, memory_format=torch.channels_last)
        rate = recipe.rates[self.phase]
        decay = recipe.decay * part_left(self.formats)
        self.optimizer: torch.optim.Optimizer
        if recipe.optimizer == "adamw":
            self.optimizer = torch.optim.AdamW(
                self.model.parameters(), rate, weight_decay=decay if self.phase < QUANTIZED else 0
            )
        else:
            self.optimizer = torch.optim.SGD(
                self.model.parameters(), rate, momentum=0.9, nesterov=True, weight_decay=decay
            )

    def _restore(self) -> None:
        found = load_checkpoint(self.path, self.settings.plain)
        self.formats = tuple(Format(**{**one, "shape": tuple(one["shape"])}) for one in found["formats"])
        for phase in range(1, found["phase"] + 1):
            self._enter(phase)
        self.phase, self.epoch, self.history = found["phase"], found["epoch"], found["history"]
        self.dense_accuracy = found["dense_accuracy"]
        self._begin()
        self.model.load_state_dict(found["model"])
        self.optimizer.load_state_dict(found["optimizer"])

    def _save(self) -> None:
        content = {
            "phase": self.phase,
            "epoch": self.epoch,
            "formats": [asdict(one) for one in self.formats],
            "history": self.history,
            "dense_accuracy": self.dense_accuracy,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        save_checkpoint(self.path, self.settings.plain, content)

    def _train_epoch(self) -> None:
        recipe, data = self.settings.recipe, self.data
        of = recipe.epochs[self.phase]
        # Each epoch draws its own numbers, so that one that is begun again sees the same images.
        generator = torch.Generator().manual_seed(_mixed(self.settings.seed, self.phase, self.epoch))
        order = torch.randperm(len(data.train), generator=generator).to(self.device)
        batches = order.split(recipe.batch)
        self.model.train()
        total = torch.zeros((), dtype=torch.float64, device=self.device)
        for number, places in enumerate(batches):
            done = (self.epoch + number / len(batches)) / of
            for group in self.optimizer.param_groups:
                group["lr"] = recipe.rates[self.phase] * _shape(done)
            if self.phase == PRUNED and self.settings.method is Method.GRADUAL and number % _EVERY == 0:
                advance(self.model, done / _GRADUAL)
            inputs = real(varied(self._pixels[places], data.shift, data.flip, generator))
            loss = self._loss(inputs.contiguous(memory_format=torch.channels_last), self._labels[places])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.detach().double() * len(places)
        self._end_epoch(float(total) / len(data.train))

    def _loss(self, inputs: Tensor, labels: Tensor) -> Tensor:
        short = self.settings.recipe.bfloat16 and self.phase < QUANTIZED
        with torch.autocast(self.device.type, torch.bfloat16, enabled=short):
            outputs = self.model(inputs)
        return functional.cross_entropy(outputs.float(), labels)

    def _end_epoch(self, loss: float) -> None:
        self.epoch += 1
        of = self.settings.recipe.epochs[self.phase]
        if not math.isfinite(loss):
            kept = f"the checkpoint {self.path} of the epoch before is kept" if self.path.exists() else ""
            raise UserError(
                f"the loss is {loss} in epoch {self.epoch} of the {PHASES[self.phase]} phase; "
                f"{kept or 'nothing was written'}; train with a smaller learning rate, or check the images"
            )
        check_finite(self.model)
        measured = self.epoch == of or len(self.data.test) <= _FEW or self.epoch % _SELDOM == 0
        made = Epoch(
            phase=PHASES[self.phase],
            number=self.epoch,
            of=of,
            loss=loss,
            accuracy=accuracy(self.model, self.data.test) if measured else None,
        )
        self.history.append(asdict(made))
        self._save()
        self._reported(made)


def accuracy(model: nn.Module, images: Images) -> float:
    """The part of images whose class a network finds, 0 to 1."""
    model.eval()
    device = next(model.parameters()).device
    right = 0
    with torch.no_grad():
        for start in range(0, len(images), _BATCH):
            pixels = torch.from_numpy(images.pixels[start : start + _BATCH]).to(device)
            outputs = model(real(pixels).contiguous(memory_format=torch.channels_last))
            labels = torch.from_numpy(images.labels[start : start + _BATCH]).to(device)
            right += int((outputs.argmax(1) == labels).sum())
    return right / len(images)


def _shape(done: float) -> float:
    """The learning rate at a part of a phase, relative to its highest."""
    if done < _WARM_UP:
        return 0.1 + 0.9 * done / _WARM_UP
    return (1 + math.cos(math.pi * (done - _WARM_UP) / (1 - _WARM_UP))) / 2


def _mixed(*numbers: int) -> int:
    """A seed of 63 bits."""
    digest = hashlib.sha256(repr(numbers).encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
