"""Transfers of a walk, and the check that none leaves its buffer and that all outputs arrive."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sw_kernels.cluster.cut import Plan, Tile
from sw_kernels.window import ImageGeometry


class Repeat(NamedTuple):
    """Times that rows are moved, and the bytes from one to the next, which may be negative."""

    count: int
    outside: int
    inside: int


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Rows that the DMA moves between an operand outside L1 and a buffer in it.

    Parameters
    ----------
    operand : str
        Member of the C layer, or ``output``.
    place : int
        Byte of the operand that the first row begins with.
    size, rows : int
        Bytes of a row, and how many rows.
    pitch : int
        Bytes from a row of the operand to the next.
    buffer : str
        Name in ``Plan.buffers``.
    at : int
        Byte of the buffers of this name where the one in use begins.
    inside : int
        Byte of that buffer that the first row begins with.
    inner_pitch : int or None
        Bytes from a row in the buffer to the next; None where rows have no gaps.
    repeats : tuple of Repeat
        Several such transfers, one for each index of all of them.
    """

    operand: str
    place: int
    size: int
    rows: int = 1
    pitch: int = 0
    buffer: str
    at: int = 0
    inside: int = 0
    inner_pitch: int | None = None
    repeats: tuple[Repeat, ...] = ()

    @property
    def axes(self) -> tuple[Repeat, ...]:
        """The rows, and what repeats them, as far as there are several."""
        inner = self.size if self.inner_pitch is None else self.inner_pitch
        return tuple(axis for axis in (Repeat(self.rows, self.pitch, inner), *self.repeats) if axis.count > 1)


def sizes(plan: Plan) -> dict[str, tuple[int, int]]:
    """Number of buffers of each name, and the bytes of one."""
    return {
        "input": (plan.inputs, plan.input),
        "second": (plan.inputs, plan.second),
        "weights": (plan.tile_buffers, plan.tile_bytes),
        "output": (plan.outputs, plan.output),
        "private": (plan.cores, plan.private),
        "constants": (1, plan.constants),
    }


def slot(plan: Plan, buffer: str, number: int) -> int:
    """Byte at which the buffer of a step begins, as steps take the two in turn; 0 where there is one."""
    count, size = sizes(plan)[buffer]
    return number % 2 * size if count > 1 else 0


def input_rows(first: int, rows: int, *, stride: int, padding: int, span: int, height: int) -> range:
    """Input rows that a number of output rows read, from the first of them."""
    begin = first * stride - padding
    return range(max(begin, 0), max(min(begin + (rows - 1) * stride + span, height), max(begin, 0)))


def strip_transfers(
    plan: Plan, geometry: ImageGeometry, first: int, tile: Tile, step: int
) -> Iterator[Transfer]:
    """Input and output of a strip of output rows from ``first`` on, the channels of a tile of each pixel."""
    g, rows = geometry, min(plan.strip, geometry.OY - first)
    reads = input_rows(first, rows, stride=g.SY, padding=g.PY, span=g.span_y, height=g.IY)
    for operand, pixel, pixels in (
        ("input", reads.start * g.IX, len(reads) * g.IX),
        ("output", first * g.OX, rows * g.OX),
    ):
        yield Transfer(
            operand=operand,
            place=pixel * g.C + tile.first,
            size=tile.channels,
            rows=pixels,
            pitch=g.C,
            buffer=operand,
            at=slot(plan, operand, step),
        )


def check_transfers(transfers: Iterable[Transfer], plan: Plan, outside: Mapping[str, int]) -> None:
    """Raise ``AssertionError`` unless every transfer stays within its operand and its buffer.

    Also unless rows that are loaded together have bytes of their own in the buffer, and each byte of
    ``output`` is stored once. Knows nothing of how the plan was made.

    Parameters
    ----------
    transfers : iterable of Transfer
    plan : Plan
    outside : mapping of str to int
        Bytes of the operands and of ``output``.
    """
    stored = np.zeros(outside["output"], np.int8)
    for transfer in transfers:
        size, axes = transfer.size, transfer.axes
        if size == 0 or transfer.rows == 0 or any(axis.count == 0 for axis in transfer.repeats):
            continue
        room, (count, buffer) = outside[transfer.operand], sizes(plan)[transfer.buffer]
        begin, end = _range(transfer.place, size, [(axis.count, axis.outside) for axis in axes])
        assert begin >= 0, f"{transfer} begins before {transfer.operand}"
        assert end <= room, f"{transfer} ends {end - room} bytes past {transfer.operand} of {room}"
        begin, end = _range(transfer.inside, size, [(axis.count, axis.inside) for axis in axes])
        assert begin >= 0, f"{transfer} begins before buffer {transfer.buffer}"
        assert end <= buffer, (
            f"{transfer} ends {end - buffer} bytes past buffer {transfer.buffer} of {buffer}"
        )
        assert transfer.at in range(0, count * buffer, buffer), f"{transfer} is no start of {transfer.buffer}"
        if transfer.operand == "output" and not axes:
            stored[transfer.place : transfer.place + size] += 1
        elif transfer.operand == "output":
            places = _starts(transfer.place, [(axis.count, axis.outside) for axis in axes])
            np.add.at(stored, places[:, None] + np.arange(size), 1)
        elif axes:
            places = np.sort(_starts(transfer.inside, [(axis.count, axis.inside) for axis in axes]))
            assert (np.diff(places) >= size).all(), f"rows of {transfer} overlap in {transfer.buffer}"
    wrong = np.flatnonzero(stored != 1)
    assert wrong.size == 0, f"byte {wrong[0]} of the output is stored {stored[wrong[0]]} times"


def _range(start: int, size: int, axes: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """First byte of all rows, and the one past the last."""
    reach = [(count - 1) * distance for count, distance in axes]
    return start + sum(min(one, 0) for one in reach), start + sum(max(one, 0) for one in reach) + size


def _starts(start: int, axes: Iterable[tuple[int, int]]) -> np.ndarray:
    """First byte of each row."""
    starts = np.array([start])
    for count, distance in axes:
        starts = (starts[:, None] + np.arange(count) * distance).ravel()
    return starts
