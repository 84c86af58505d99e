"""Transfers of a walk, and the check that none leaves its buffer and that all outputs arrive."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sw_kernels.cluster.cut import Plan, Tile
from sw_kernels.window import ImageGeometry


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Rows that the DMA moves between an operand outside L1 and a buffer in it, where they have no gaps.

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
        Byte of the buffer.
    """

    operand: str
    place: int
    size: int
    rows: int = 1
    pitch: int = 0
    buffer: str
    at: int = 0


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

    Also unless each byte of ``output`` is stored once. Knows nothing of how the plan was made.

    Parameters
    ----------
    transfers : iterable of Transfer
    plan : Plan
    outside : mapping of str to int
        Bytes of the operands and of ``output``.
    """
    stored = np.zeros(outside["output"], np.int8)
    for transfer in transfers:
        size, rows = transfer.size, transfer.rows
        if size == 0 or rows == 0:
            continue
        ends = transfer.place + (rows - 1) * transfer.pitch + size
        room, (count, buffer) = outside[transfer.operand], sizes(plan)[transfer.buffer]
        assert transfer.place >= 0, f"{transfer} begins before {transfer.operand}"
        assert ends <= room, f"{transfer} ends {ends - room} bytes past {transfer.operand} of {room}"
        past = rows * size - buffer
        assert past <= 0, f"{transfer} ends {past} bytes past buffer {transfer.buffer} of {buffer}"
        assert transfer.at in range(0, count * buffer, buffer), f"{transfer} is no start of {transfer.buffer}"
        if transfer.operand == "output":
            for row in range(rows) if transfer.pitch != size else (0,):
                begin = transfer.place + row * transfer.pitch
                stored[begin : begin + (size if transfer.pitch != size else rows * size)] += 1
    wrong = np.flatnonzero(stored != 1)
    assert wrong.size == 0, f"byte {wrong[0]} of the output is stored {stored[wrong[0]]} times"
