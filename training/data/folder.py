"""Images in folders train/CLASS and test/CLASS, or in a tar archive of such folders."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, UnidentifiedImageError

from common.errors import UserError
from training.data.images import DataSet, Images

_PARTS = ("train", "test")
_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
_LAYOUT = "train/CLASS/NAME.jpg and test/CLASS/NAME.jpg, all of one size"


def folder(path: Path) -> DataSet:
    """Images below a folder or in an archive; classes are numbered in the order of their names.

    Raises
    ------
    UserError
        When there is none, an image cannot be read, sizes differ, or train and test have other classes.
    """
    found: dict[str, dict[str, np.ndarray]] = {part: {} for part in _PARTS}
    for name, data in _files(path):
        place = PurePosixPath(name)
        part = next((part for part in place.parts[:-2] if part in _PARTS), None)
        if part is not None and place.suffix.lower() in _SUFFIXES:
            found[part][f"{place.parent.name}/{place.name}"] = _pixels(f"{path}: {name}", data)
    for part in _PARTS:
        if not found[part]:
            raise UserError(
                f"{path} has no images in {part}/CLASS; give a folder or tar archive of {_LAYOUT}"
            )
    shapes = {image.shape for part in found.values() for image in part.values()}
    if len(shapes) > 1:
        sizes = ", ".join(f"{width} x {height}" for height, width, *_ in sorted(shapes)[:4])
        raise UserError(f"the images of {path} differ in size or colour: {sizes}; resize them to one size")
    classes = sorted({name.split("/")[0] for name in found["train"]})
    if strange := sorted({name.split("/")[0] for name in found["test"]} - set(classes)):
        raise UserError(
            f"{path} has test images of {', '.join(strange)}, but none to train with; give both the same "
            "classes"
        )
    train, test = (_images(found[part], classes) for part in _PARTS)
    height = train.pixels.shape[2]
    return DataSet(
        name=f"folder:{path.name}",
        classes=tuple(classes),
        train=train,
        test=test,
        shift=max(1, height // 8),
        flip=True,
    )


def _images(found: dict[str, np.ndarray], classes: list[str]) -> Images:
    """Images in the order of their names."""
    names = sorted(found)
    stacked = np.stack([found[name] for name in names])
    pixels = stacked[:, None] if stacked.ndim == 3 else stacked.transpose(0, 3, 1, 2)
    labels = np.array([classes.index(name.split("/")[0]) for name in names], np.int64)
    return Images(pixels=np.ascontiguousarray(pixels), labels=labels)


def _pixels(what: str, data: bytes) -> np.ndarray:
    try:
        image = Image.open(io.BytesIO(data))
        return np.asarray(image if image.mode == "L" else image.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UserError(
            f"cannot read the image {what}: {error}; it is truncated or no image: replace or remove it"
        ) from error


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names relative to the place, and contents."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                if member.isfile() and (content := archive.extractfile(member)):
                    yield member.name, content.read()
    except (OSError, EOFError, tarfile.TarError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(f"cannot read {path}: {reason}; give a folder or tar archive of {_LAYOUT}") from error
