"""Memory images: what is written for the simulator and read back from it."""

from pathlib import Path

import pytest

from hw.config import Region
from sim.elf import Segment
from sim.rtl.image import read_image, write_image

MEMORY = Region(base=0x1000, size=64)


def words_of(path: Path) -> dict[int, int]:
    """Words by index, as $readmemh understands the file."""
    words, place = {}, 0
    for line in path.read_text().split():
        if line.startswith("@"):
            place = int(line[1:], 16)
        else:
            words[place] = int(line, 16)
            place += 1
    return words


def test_little_endian_words_at_their_places(tmp_path: Path):
    write_image(tmp_path / "i", MEMORY, [Segment(0x1004, bytes.fromhex("78563412"))])
    assert words_of(tmp_path / "i") == {1: 0x12345678}


def test_segments_that_share_a_word_are_merged(tmp_path: Path):
    segments = [Segment(0x1006, b"\x03\x04\x05"), Segment(0x1005, b"\x02"), Segment(0x1020, b"\xff")]
    write_image(tmp_path / "i", MEMORY, segments)
    assert words_of(tmp_path / "i") == {1: 0x04030200, 2: 0x05, 8: 0xFF}


def test_segments_of_other_memories_are_left_out(tmp_path: Path):
    write_image(tmp_path / "i", MEMORY, [Segment(0x2000, b"1234")])
    assert words_of(tmp_path / "i") == {0: 0}


@pytest.mark.parametrize(("base", "size"), [(0x1000, 8), (0x1001, 3), (0x1003, 2)])
def test_reading_back_any_alignment(tmp_path: Path, base: int, size: int):
    (tmp_path / "d").write_text("// a comment\n@0\n03020100\n07060504\n")
    assert read_image(tmp_path / "d", Region(base=base, size=size)) == bytes(range(8))[base & 3 :][:size]
