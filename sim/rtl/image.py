"""Memory images in Verilog's hexadecimal form: words, little-endian, addressed from the start of a memory."""

from collections.abc import Sequence
from pathlib import Path

from hw.config import Region
from sim.elf import Segment


def write_image(path: Path, memory: Region, segments: Sequence[Segment]) -> None:
    """Write what lies in ``memory`` for ``$readmemh``; segments may share a word."""
    words: list[str] = []
    merged: list[tuple[int, bytearray]] = []
    for segment in sorted((s for s in segments if s.address in memory), key=lambda s: s.address):
        start = segment.address - memory.base & ~3
        if merged and start < merged[-1][0] + len(merged[-1][1]):
            place, content = merged[-1]
        else:
            place, content = start, bytearray()
            merged.append((place, content))
        end = segment.address - memory.base + len(segment.data)
        content.extend(bytes((end + 3 & ~3) - place - len(content)))
        content[segment.address - memory.base - place : end - place] = segment.data
    for place, content in merged or [(0, bytearray(4))]:
        big_endian = b"".join(content[i : i + 4][::-1] for i in range(0, len(content), 4))
        words.append(f"@{place // 4:x}\n{big_endian.hex(chr(10), -4)}\n")
    path.write_text("".join(words))


def read_image(path: Path, region: Region) -> bytes:
    """The bytes of ``region`` from a file of ``$writememh`` that starts with the word it begins in."""
    lines = (line for line in path.read_text().splitlines() if not line.startswith(("@", "/")))
    content = b"".join(bytes.fromhex(line)[::-1] for line in lines)
    start = region.base & 3
    return content[start : start + region.size]
