"""Labelled images, and the numbers that networks see of them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from compiler.models.architecture import Task


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """Images of one size, and their labels.

    Parameters
    ----------
    pixels : ndarray, shape (N, C, H, W), uint8
    labels : ndarray, shape (N,), int64
    """

    pixels: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int) -> "Images":
        """The first ones."""
        return Images(pixels=self.pixels[:count], labels=self.labels[:count])

    def drawn(self, count: int, seed: int) -> "Images":
        """That many, or all, in a random order."""
        chosen = np.random.default_rng(seed).permutation(len(self))[:count]
        return Images(pixels=self.pixels[chosen], labels=self.labels[chosen])


@dataclass(frozen=True, kw_only=True, eq=False)
class DataSet:
    """Images of a task, some to train with and others to test with.

    Parameters
    ----------
    name : str
        As ``--data`` has it.
    classes : tuple of str
    train, test : Images
    shift : int
        Pixels by which images may be moved in training.
    flip : bool
        True if a mirrored image has the same class.
    """

    name: str
    classes: tuple[str, ...]
    train: Images
    test: Images
    shift: int
    flip: bool

    @property
    def task(self) -> Task:
        """Shape of the inputs, and the number of classes."""
        return Task(
            title=self.name.partition(":")[0],
            input_shape=self.train.pixels.shape[1:],
            classes=len(self.classes),
        )


def real(pixels: Tensor) -> Tensor:
    """Inputs of a network: pixels as numbers from -1 to 1, float32."""
    return pixels.float() / 127.5 - 1


def varied(pixels: Tensor, shift: int, flip: bool, generator: torch.Generator) -> Tensor:
    """Images moved and mirrored at random; what comes in from outside is 0.

    Parameters
    ----------
    pixels : Tensor, shape (N, C, H, W)
    shift : int
        Most pixels to move by, in each direction.
    flip : bool
        Mirror half of them.
    generator : Generator
        Of the processor, so that a graphics card makes the same images.
    """
    count, _, height, width = pixels.shape
    device = pixels.device
    moves = torch.randint(0, 2 * shift + 1, (2, count), generator=generator).to(device)
    mirrored = (torch.rand(count, generator=generator) < 0.5).to(device)
    rows = torch.arange(height, device=device) + moves[0, :, None]
    columns = torch.arange(width, device=device).expand(count, -1)
    if flip:
        columns = torch.where(mirrored[:, None], columns.flip(1), columns)
    columns = columns + moves[1, :, None]
    padded = functional.pad(pixels, (shift,) * 4)
    images = torch.arange(count, device=device)[:, None, None]
    return padded[images, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
