"""Inputs from files: arrays, and images that become codes of the input's scale."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import xdecimate as xd
from compiler.folder.record import Port
from xdecimate._api.inputs import read_input


def port(shape: tuple[int, ...] = (4, 6, 3), scale: float = 1 / 255, zero: int = -128) -> Port:
    return Port(shape=shape, scale=scale, zero=zero, symbol="x", bytes=int(np.prod(shape)))


@pytest.fixture
def pixels(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, (4, 6, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("scale", "zero", "about"),
    [
        (1.0, -128, "pixels 0 to 255"),
        (1 / 255, -128, "pixels as 0 to 1"),
        (2 / 255, -1, "pixels as -1 to 1"),
    ],
)
def test_an_image_fills_the_range(pixels: np.ndarray, tmp_path: Path, scale: float, zero: int, about: str):
    Image.fromarray(pixels).save(tmp_path / "x.png")
    codes, note = read_input(tmp_path / "x.png", port(scale=scale, zero=zero))
    assert codes.dtype == np.int8
    assert np.abs(codes.astype(int) - (pixels.astype(int) - 128)).max() <= 1
    assert about in note


def test_a_grey_image(pixels: np.ndarray, tmp_path: Path):
    Image.fromarray(pixels).save(tmp_path / "x.png")
    codes, _ = read_input(tmp_path / "x.png", port(shape=(4, 6, 1)))
    assert codes.shape == (4, 6, 1)


def test_an_image_of_another_size(pixels: np.ndarray, tmp_path: Path):
    Image.fromarray(pixels).save(tmp_path / "x.jpg")
    with pytest.raises(xd.UserError, match=r"has 6 x 4 pixels, but the input has 5 x 8; .*--resize"):
        read_input(tmp_path / "x.jpg", port(shape=(8, 5, 3)))
    codes, note = read_input(tmp_path / "x.jpg", port(shape=(8, 5, 3)), resize=True)
    assert codes.shape == (8, 5, 3)
    assert "scaled from 6 x 4" in note


def test_files_that_are_refused(tmp_path: Path):
    (tmp_path / "x.png").write_bytes(b"\x89PNG")
    (tmp_path / "x.npy").write_bytes(b"")
    (tmp_path / "text.npy").write_text("some text")
    np.savez(tmp_path / "two.npy", a=np.zeros(1))
    (tmp_path / "two.npy.npz").rename(tmp_path / "two.npy")
    Image.new("I;16", (6, 4)).save(tmp_path / "deep.png")
    for name, shape, message in (
        (
            "deep.png",
            (4, 6, 3),
            "as an image: its pixels have the format I;16, not 8 bits for each channel; give",
        ),
        ("x.png", (4, 6, 3), "as an image"),
        ("missing.png", (4, 6, 3), "as an image: .*No such file"),
        ("x.png", (640,), "is no image; give a .npy file"),
        ("x.npy", (640,), "as a NumPy array"),
        (
            "text.npy",
            (640,),
            "as a NumPy array: the magic string is not correct.*; save one array with numpy.save",
        ),
        ("two.npy", (640,), "as a NumPy array: .*; save one array with numpy.save"),
        ("missing.npy", (640,), "cannot read .*missing.npy: No such file or directory; save the input"),
    ):
        with pytest.raises(xd.UserError, match=message):
            read_input(tmp_path / name, port(shape=shape))


def test_a_batch_of_one_is_left_out(tmp_path: Path):
    np.save(tmp_path / "x.npy", np.zeros((1, 640), np.int8))
    codes, note = read_input(tmp_path / "x.npy", port(shape=(640,)))
    assert (codes.shape, note) == ((640,), "")
    assert re.match("int8", str(codes.dtype))
