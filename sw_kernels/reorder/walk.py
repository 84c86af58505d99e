"""Conversions between rows and bands on a cluster: strips of words (reorder_plan.h)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hw.cluster.config import ClusterConfig
from reference.reorder import BANDS
from sw_kernels.cluster.cut import Plan, round_up
from sw_kernels.cluster.flat_walk import element_shares
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.transfer import Transfer, slot
from sw_kernels.cluster.walk import ClusterWalk
from sw_kernels.reorder.layer import ReorderLayer

#: Cycles of the first barrier, cold caches and the last transfer; of a barrier, the transfers' set-up, and of
#: entering and leaving the kernel.
START_CYCLES, STEP_CYCLES = 600, 300


class ReorderWalk(ClusterWalk[ReorderLayer]):
    """The walk of ``cluster_reorder``."""

    def plans(self, layer: ReorderLayer, config: ClusterConfig) -> Iterator[Plan]:
        words = layer.geometry.words
        for share in element_shares(words, config):
            strip = min(share * config.cores, words)
            strips = -(-words // strip)
            rows, bands = BANDS * _pitch(strip), round_up(BANDS * strip, 16)
            plan = Plan(
                strip=strip,
                strips=strips,
                share=share,
                input=rows if layer.geometry.B else bands,
                output=bands if layer.geometry.B else rows,
                inputs=min(strips, 2),
                outputs=min(strips, 2),
                cores=config.cores,
                cycles=0,
            )
            yield replace(plan, cycles=self.cycles(layer, plan, config, Supply(config=config)))

    def cycles(self, layer: ReorderLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        kernel, size = layer.kernel, BANDS * plan.strip
        moved = supply.cycles("input", size) + supply.cycles("output", size)
        work = plan.share * kernel.cycles_per_output * kernel.slowdown(plan.cores, config.banks)
        return START_CYCLES + moved + plan.strips * max(work + STEP_CYCLES, moved)

    def transfers(self, layer: ReorderLayer, plan: Plan) -> Iterator[Transfer]:
        banded, other = ("output", "input") if layer.geometry.B else ("input", "output")
        for strip in range(plan.strips):
            first = strip * plan.strip
            count = min(plan.strip, layer.geometry.words - first)
            yield Transfer(
                operand=banded,
                place=BANDS * first,
                size=BANDS * count,
                buffer=banded,
                at=slot(plan, banded, strip),
            )
            yield from _rows(layer, plan, other, strip, range(first, first + count))

    def functions(self, layer: ReorderLayer) -> Mapping[str, tuple[str, str]]:
        return {"kernel": ("reorder_kernel", layer.symbol)}

    def members(self, layer: ReorderLayer, plan: Plan) -> dict[str, int | str]:
        sizes = {"strip_words": plan.strip, "share": plan.share, "pitch": _pitch(plan.strip)}
        return super().members(layer, plan) | sizes


def _pitch(strip: int) -> int:
    """Bytes in L1 from a band's part of a strip to the next one's, which starts in another bank."""
    return round_up(strip, 32) + 16


def _rows(layer: ReorderLayer, plan: Plan, operand: str, strip: int, words: range) -> Iterator[Transfer]:
    """Parts of the bands: all of them together that are whole, and what there is of the next."""
    g, count, at = layer.geometry, len(words), slot(plan, operand, strip)
    whole = sum(band * g.words + words.stop <= g.bytes for band in range(BANDS))
    place, inside = whole * g.words + words.start, whole * _pitch(plan.strip)
    yield Transfer(
        operand=operand,
        place=words.start,
        size=count,
        rows=whole,
        pitch=g.words,
        buffer=operand,
        at=at,
        inner_pitch=_pitch(plan.strip),
    )
    if whole < BANDS and place < g.bytes:
        yield Transfer(
            operand=operand, place=place, size=g.bytes - place, buffer=operand, at=at, inside=inside
        )
