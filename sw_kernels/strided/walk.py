"""Strided views on a cluster: tiles of their axes (strided_plan.h)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, round_up, strip_sizes, tile_sizes
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.cluster.walk import ClusterWalk
from sw_kernels.strided.axis import Axis
from sw_kernels.strided.geometry import AXES
from sw_kernels.strided.layer import StridedLayer
from sw_kernels.strided.plan import StridedPlan
from sw_kernels.strided.transfers import transfers

#: Cycles of a tile beside its bytes: a barrier, descriptions of transfers, entering and leaving the kernel.
STEP_CYCLES = 1000
#: Cycles of a transfer's set-up, and of a row beside its bytes.
TRANSFER_CYCLES, ROW_CYCLES = 60, 0.5
#: Cycles of a unit beside its elements, and those more for each axis.
UNIT_CYCLES, AXIS_CYCLES = 60, 40
#: Cycles of an element that is copied by itself.
GATHER_CYCLES = 2.0
#: Widest gap between elements that is loaded with them.
WIDEST_GAP = 8
#: Most rows of a transfer.
MAX_ROWS = 0xFFFF
#: Bytes of a tile beyond which larger ones are no faster.
LARGE_TILE = 1 << 15


def _row_tiles(axes: Sequence[Axis]) -> Iterator[tuple[int, ...]]:
    """Tiles that take part of one axis, all of those inside it and one element of those outside."""
    counts = [axis.count for axis in axes]
    for axis, count in enumerate(counts):
        if count > 1 or axis == AXES - 1:
            for size in strip_sizes(count) if count < LARGE_TILE else (LARGE_TILE, LARGE_TILE // 4):
                yield (*[1] * axis, size, *counts[axis + 1 :])


def _block_tiles(layer: StridedLayer) -> Iterator[tuple[int, ...]]:
    """The same, and of the axis along which the input has no gaps only a part."""
    across, counts = layer.across, [axis.count for axis in layer.axes]
    for tile in _row_tiles(layer.axes):
        yield tile
        for size in tile_sizes(counts[across], 4):
            if size < tile[across]:
                yield (*tile[:across], size, *tile[across + 1 :])


class StridedWalk(ClusterWalk[StridedLayer]):
    """The walk of ``cluster_strided``."""

    def plans(self, layer: StridedLayer, config: ClusterConfig) -> Iterator[StridedPlan]:
        tiles = _block_tiles(layer) if layer.kernel.cycles_per_output else _row_tiles(layer.axes)
        for tile in dict.fromkeys(tiles):
            if prod(tile) <= config.l1_bytes and max(tile) <= MAX_ROWS:
                yield _Cut(layer, config, tile).plan()

    def transfers(self, layer: StridedLayer, plan: Plan) -> Iterator[Transfer]:
        assert isinstance(plan, StridedPlan)
        return transfers(layer, plan)

    def functions(self, layer: StridedLayer) -> Mapping[str, tuple[str, str]]:
        return {"kernel": ("strided_kernel", layer.symbol)} if layer.kernel.cycles_per_output else {}

    def members(self, layer: StridedLayer, plan: Plan) -> dict[str, int | str]:
        assert isinstance(plan, StridedPlan)
        members: dict[str, int | str] = {"steps": plan.strips, "span": plan.span}
        for name, values in (("tile", plan.tile), ("from", plan.sources), ("to", plan.targets)):
            members |= {f"{name}[{axis}]": value for axis, value in enumerate(values)}
        output = ("output", plan.outputs, plan.output) if plan.output else ("input", plan.inputs, plan.input)
        return members | {
            "input": plan.pair("input", plan.inputs, plan.input),
            "output": plan.pair(*output),
        }


@dataclass(frozen=True, kw_only=False)
class _Cut:
    """One tile size: where its elements lie in the buffers, and what it takes."""

    layer: StridedLayer
    config: ClusterConfig
    tile: tuple[int, ...]

    def plan(self) -> StridedPlan:
        layer, axes = self.layer, self.layer.axes
        by_cores = bool(layer.kernel.cycles_per_output)
        steps = prod(-(-axis.count // size) for axis, size in zip(axes, self.tile, strict=True))
        sources, input_bytes, span = self._as_input() if by_cores else self._as_rows()
        targets, output_bytes = self._as_output() if by_cores else (sources, 0)
        loads = [
            Axis(size if near else 1, near, axis.source)
            for size, near, axis in zip(self.tile, sources, axes, strict=True)
        ]
        size = 1
        if span < AXES:
            size = (self.tile[span] - 1) * abs(sources[span]) + 1
            loads[span] = Axis(1, 1, 1)
        stores = [
            Axis(size, near, axis.target) for size, near, axis in zip(self.tile, targets, axes, strict=True)
        ]
        transfer = self._transfer(loads, size) + self._transfer(stores, 1)
        work = self._work() if by_cores else 0
        twice = min(steps, 2) if by_cores else 1
        return StridedPlan(
            strip=max(self.tile),
            strips=steps,
            tile=self.tile,
            sources=sources,
            targets=targets,
            span=span,
            input=round_up(input_bytes, 16),
            output=round_up(output_bytes, 16),
            inputs=twice,
            outputs=twice,
            cores=self.config.cores,
            cycles=STEP_CYCLES + (transfer if by_cores else 0) + steps * max(transfer, work + STEP_CYCLES)
            if by_cores
            else STEP_CYCLES + steps * transfer,
        )

    def _as_rows(self) -> tuple[tuple[int, ...], int, int]:
        """Strides of a buffer that has the elements in the output's order, what repeats once."""
        return (*self._packed(range(AXES)), AXES)

    def _packed(self, order: Sequence[int]) -> tuple[tuple[int, ...], int]:
        """Strides of a buffer without gaps, its axes in this order from the outermost, and its bytes."""
        strides, size = [0] * AXES, 1
        for axis in reversed(order):
            if self.layer.axes[axis].source or self.layer.axes[axis].count == 1:
                strides[axis] = size
                size *= self.tile[axis]
        return tuple(strides), size

    def _as_input(self) -> tuple[tuple[int, ...], int, int]:
        """Strides of a buffer that has the elements in the input's order, its bytes, the axis of spans."""
        axes = self.layer.axes
        order = sorted(
            (axis for axis in range(AXES) if axes[axis].source and axes[axis].count > 1),
            key=lambda axis: -abs(axes[axis].source),
        )
        if not order or abs(axes[order[-1]].source) > WIDEST_GAP:
            return (*self._packed([*order]), AXES)
        span = order.pop()
        strides = [0] * AXES
        strides[span] = axes[span].source
        size = round_up((self.tile[span] - 1) * abs(axes[span].source) + 1, 4)
        for axis in reversed(order):
            strides[axis] = size
            size *= self.tile[axis]
        return tuple(strides), size, span

    def _as_output(self) -> tuple[tuple[int, ...], int]:
        """Strides of a buffer in the output's order, whose rows are an odd number of words, and its bytes."""
        strides, size = [1] * AXES, round_up(self.tile[-1], 4)
        if size % 8 == 0 and prod(self.tile[:-1]) > 1:
            size += 4
        for axis in reversed(range(AXES - 1)):
            strides[axis] = size
            size *= self.tile[axis]
        return tuple(strides), size

    def _transfer(self, axes: Sequence[Axis], size: int) -> float:
        """Cycles of the DMA for a tile, as transfer_box (boxes.h) divides it."""
        left = [axis for axis in axes if axis.count > 1]
        while joined := [axis for axis in left if axis.source == axis.target == size]:
            size *= joined[0].count
            left.remove(joined[0])
        counts = [axis.count for axis in left]
        transfers = prod(counts) // max(counts, default=1)
        row = -(-size // self.config.bus_bytes) + (ROW_CYCLES if counts else 0)
        return transfers * TRANSFER_CYCLES + prod(counts) * row

    def _work(self) -> float:
        """Cycles of the cores for a tile."""
        layer, rows = self.layer, prod(self.tile[:-1])
        across = self.tile[layer.across] if layer.across < AXES - 1 else 1
        units, length = rows // across * -(-across // 4), self.tile[-1]
        share = -(-units // self.config.cores)
        if units < self.config.cores:  # the cores of a unit share its rows
            length = round_up(-(-length // (self.config.cores // units)), 4)
        cost = layer.kernel.cycles_per_output
        if min(across, self.tile[-1]) < 4:  # no block
            cost = max(cost, GATHER_CYCLES)
        axes = sum(axis.count > 1 for axis in layer.axes)
        return share * (UNIT_CYCLES + axes * AXIS_CYCLES + min(across, 4) * length * cost)
