"""CIFAR-10 and CIFAR-100 in the binary format in which they are published."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import UserError
from training.data.images import DataSet, Images

_SHAPE = (3, 32, 32)
_PIXELS = 3 * 32 * 32


@dataclass(frozen=True, kw_only=True)
class Format:
    """Files of one of the two.

    Parameters
    ----------
    train, test : tuple of str
        Names of files.
    labels : int
        Bytes in front of an image; the last of them is its class.
    classes : int
    names : str
        File with the names of the classes, one a line.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    labels: int
    classes: int
    names: str


FORMATS = {
    "cifar10": Format(
        train=tuple(f"data_batch_{number}.bin" for number in range(1, 6)),
        test=("test_batch.bin",),
        labels=1,
        classes=10,
        names="batches.meta.txt",
    ),
    "cifar100": Format(
        train=("train.bin",), test=("test.bin",), labels=2, classes=100, names="fine_label_names.txt"
    ),
}


def cifar(kind: str, folder: Path) -> DataSet:
    """Images of a folder.

    Raises
    ------
    UserError
        When a file is missing, truncated, or has a label that does not exist.
    """
    form = FORMATS[kind]
    names = folder / form.names
    classes = tuple(names.read_text().split()) if names.is_file() else ()
    return DataSet(
        name=kind,
        classes=classes if len(classes) == form.classes else tuple(map(str, range(form.classes))),
        train=_images(kind, folder, form.train),
        test=_images(kind, folder, form.test),
        shift=4,
        flip=True,
    )


def _images(kind: str, folder: Path, names: tuple[str, ...]) -> Images:
    form = FORMATS[kind]
    size = form.labels + _PIXELS
    parts = []
    for name in names:
        path = folder / name
        try:
            data = np.fromfile(path, np.uint8)
        except OSError as error:
            raise UserError(
                f"cannot read {path}: {error.strerror}; --data {kind}:DIR needs a folder with "
                f"{', '.join((*form.train, *form.test))}, the binary version that is published at "
                "https://www.cs.toronto.edu/~kriz/cifar.html"
            ) from error
        if len(data) == 0 or len(data) % size:
            raise UserError(
                f"{path} has {len(data)} bytes, which is no multiple of {size}, an image with its label; "
                "the file is truncated or of another format: copy it again"
            )
        parts.append(data.reshape(-1, size))
    rows = np.concatenate(parts)
    labels = rows[:, form.labels - 1].astype(np.int64)
    if labels.max() >= form.classes:
        raise UserError(
            f"{folder} has a label of {labels.max()}, but {kind} has classes 0 to {form.classes - 1}; "
            "check the format of the files"
        )
    return Images(pixels=rows[:, form.labels :].reshape(-1, *_SHAPE), labels=labels)
