"""Data sets: each format, and every way in which one can be damaged."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
import torch
from PIL import Image

from common.errors import UserError
from training.data.images import real, varied
from training.data.source import data_set

ROW = 3073


@pytest.fixture
def cifar10(tmp_path: Path) -> Path:
    """Four images of each file; pixel values are the numbers of their rows."""
    for number, name in enumerate([*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]):
        rows = np.full((4, ROW), number, np.uint8)
        rows[:, 0] = np.arange(4)
        rows[:, 1] = 200  # the first pixel, red
        rows.tofile(tmp_path / name)
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("train", "test"):
        for label in ("cat", "dog"):
            (tmp_path / part / label).mkdir(parents=True)
            for number in range(2):
                pixels = np.full((6, 8, 3), 100 * (label == "dog") + number, np.uint8)
                Image.fromarray(pixels).save(tmp_path / part / label / f"{number}.png")
    return tmp_path


def test_digits_are_the_same_in_every_run():
    one, other = data_set("digits"), data_set("digits")
    assert one.task.input_shape == (1, 8, 8)
    assert one.task.classes == 10
    assert (len(one.train), len(one.test)) == (1347, 450)
    assert one.train.pixels.max() == 255
    np.testing.assert_array_equal(one.test.pixels, other.test.pixels)


def test_cifar_files(cifar10: Path):
    found = data_set(f"cifar10:{cifar10}")
    assert found.train.pixels.shape == (20, 3, 32, 32)
    assert found.train.labels.tolist() == [0, 1, 2, 3] * 5
    assert found.test.pixels[0, 0, 0, :2].tolist() == [200, 5]
    assert found.test.pixels[0, 1, 0, 0] == 5


def test_cifar100_has_the_fine_label_second(tmp_path: Path):
    for name in ("train.bin", "test.bin"):
        rows = np.zeros((3, ROW + 1), np.uint8)
        rows[:, 0], rows[:, 1] = 19, (0, 50, 99)
        rows.tofile(tmp_path / name)
    found = data_set(f"cifar100:{tmp_path}")
    assert found.test.labels.tolist() == [0, 50, 99]
    assert found.task.classes == 100


def test_images_in_folders(folder: Path):
    found = data_set(f"folder:{folder}")
    assert found.classes == ("cat", "dog")
    assert found.train.pixels.shape == (4, 3, 6, 8)
    assert found.train.labels.tolist() == [0, 0, 1, 1]
    assert found.train.pixels[:, 0, 0, 0].tolist() == [0, 1, 100, 101]


def test_an_archive_is_found_in_the_data_folder(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    place = tmp_path_factory.mktemp("data")
    with tarfile.open(place / "images.tar.xz", "w:xz") as archive:
        archive.add(folder, "images")
    monkeypatch.setenv("XDECIMATE_DATA", str(place))
    found = data_set("folder:images.tar.xz")
    np.testing.assert_array_equal(found.train.pixels, data_set(f"folder:{folder}").train.pixels)
    (place / "images.tar.xz").write_bytes((place / "images.tar.xz").read_bytes()[:150])
    with pytest.raises(UserError, match=r"cannot read .*images\.tar\.xz"):
        data_set("folder:images.tar.xz")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnist", r"data must be digits, cifar10:DIR, .*, not 'mnist'"),
        ("cifar10:", r"data must be digits"),
        ("folder:nowhere", r"there is no nowhere here, and XDECIMATE_DATA names no folder"),
    ],
)
def test_unknown_data(name: str, message: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("XDECIMATE_DATA", raising=False)
    with pytest.raises(UserError, match=message):
        data_set(name)


def test_damaged_cifar(cifar10: Path):
    batch = cifar10 / "data_batch_3.bin"
    good = batch.read_bytes()
    batch.write_bytes(good[:-1])
    with pytest.raises(UserError, match=r"data_batch_3\.bin has 12291 bytes, which is no multiple of 3073"):
        data_set(f"cifar10:{cifar10}")
    batch.write_bytes(b"\x0a" + good[1:])
    with pytest.raises(UserError, match="has a label of 10, but cifar10 has classes 0 to 9"):
        data_set(f"cifar10:{cifar10}")
    batch.unlink()
    with pytest.raises(UserError, match=r"cannot read .*data_batch_3\.bin: No such file"):
        data_set(f"cifar10:{cifar10}")


def test_damaged_folders(folder: Path):
    picture = folder / "train" / "cat" / "0.png"
    good = picture.read_bytes()
    picture.write_bytes(good[:40])
    with pytest.raises(UserError, match=r"cannot read the image .*train/cat/0\.png"):
        data_set(f"folder:{folder}")
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((5, 8, 3), np.uint8)).save(buffer, "png")
    picture.write_bytes(buffer.getvalue())
    with pytest.raises(UserError, match="differ in size or colour: 8 x 5, 8 x 6"):
        data_set(f"folder:{folder}")
    picture.write_bytes(good)
    (folder / "train" / "dog").rename(folder / "train" / "cow")
    with pytest.raises(UserError, match="has test images of dog, but none to train with"):
        data_set(f"folder:{folder}")
    (folder / "test").rename(folder / "other")
    with pytest.raises(UserError, match="has no images in test/CLASS"):
        data_set(f"folder:{folder}")


def test_variations_move_and_mirror():
    pixels = torch.zeros(600, 1, 5, 5, dtype=torch.uint8)
    pixels[:, 0, 2, 1] = 9
    made = varied(pixels, 1, True, torch.Generator().manual_seed(1))
    assert made.shape == pixels.shape
    assert bool((made.flatten(1).sum(1) == 9).all())
    places = {tuple(place) for place in made[:, 0].nonzero()[:, 1:].tolist()}
    assert places == {(row, column) for row in (1, 2, 3) for column in (0, 1, 2, 3, 4)}
    same = varied(pixels, 0, False, torch.Generator().manual_seed(1))
    assert torch.equal(same, pixels)


def test_inputs_are_between_minus_one_and_one():
    assert real(torch.tensor([0, 255], dtype=torch.uint8)).tolist() == [-1, 1]
