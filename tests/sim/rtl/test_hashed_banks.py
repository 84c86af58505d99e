"""L1 with hashed banks: programs and dumps between the order of addresses and that of the tile's memory."""

from pathlib import Path
from random import Random

from hw.cluster.config import ClusterConfig
from hw.config import MEMORY_MAP, Region
from sim.elf import Program, Segment
from sim.rtl.hashed_banks import Rows, by_address, placed, rows_of

CONFIG = ClusterConfig(l1_bytes=1024, banks=4, hashed_banks=1)
L1 = MEMORY_MAP.l1.base


def test_a_bank_is_the_exclusive_or_of_all_digits():
    word = 0b11_01_10  # digits 3, 1, 2: word 13 of a bank
    assert CONFIG.place_of(word) == 13 * 4 + (3 ^ 1 ^ 2)
    assert ClusterConfig().place_of(word) == word
    words = CONFIG.l1_bytes // 4
    assert [CONFIG.place_of(CONFIG.place_of(word)) for word in range(words)] == list(range(words))


def test_what_is_loaded_is_dumped(seed: int):
    random = Random(seed)
    address, size = L1 + random.randrange(200), random.randrange(1, 300)
    outside = Segment(MEMORY_MAP.l2.base, b"12345")
    program = Program(Path("p"), 0, (Segment(address, random.randbytes(size)), outside), {})
    inside = placed(program, CONFIG)
    assert placed(inside, CONFIG) is inside
    assert inside.segments[-1] == outside
    tile = bytearray(CONFIG.l1_bytes)
    for segment in inside.segments[:-1]:
        tile[segment.address - L1 : segment.address - L1 + len(segment.data)] = segment.data
    asked = Region(base=address, size=size)
    [region] = rows_of({"": asked}, CONFIG).values()
    assert isinstance(region, Rows)
    assert rows_of({"": region}, CONFIG) == {"": region}
    content = bytes(tile[region.base - L1 : region.end - L1])
    assert by_address(content, region, CONFIG) == program.segments[0].data


def test_other_memories_are_as_they_are():
    region = Region(base=MEMORY_MAP.l2.base, size=8)
    assert rows_of({"": region}, CONFIG) == {"": region}
    assert by_address(b"12345678", region, CONFIG) == b"12345678"
