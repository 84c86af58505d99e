"""Walks of the operators that compute every item of an array by itself (flat.h)."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, TypeVar

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, round_up
from sw_kernels.cluster.supply import LAYER_CYCLES, Supply
from sw_kernels.cluster.transfer import Transfer, slot
from sw_kernels.cluster.walk import ClusterWalk
from sw_kernels.flat import FlatLayer

AnyFlat = TypeVar("AnyFlat", bound=FlatLayer)

#: Cycles of a barrier, of the transfers' set-up, and of entering and leaving the kernel.
STEP_CYCLES = 250


def element_shares(elements: int, config: ClusterConfig) -> range:
    """Elements of a strip for each core, up to the smallest with which one strip is enough.

    Shares start two banks apart. Where they do not, cores in step meet in one bank at every access.
    """
    step = 4 * config.banks
    return range(8, -(-elements // config.cores) + step, step)


def _shares(layer: FlatLayer, config: ClusterConfig) -> range:
    """Items of a strip for each core, up to the smallest with which one strip is enough."""
    items = layer.geometry.items
    if layer.geometry.item_bytes == 1:
        return element_shares(items, config)
    return range(1, -(-items // config.cores) + 1)


def _constant_bytes(layer: FlatLayer) -> int:
    return sum(map(len, layer.constants.values()))


class FlatWalk(ClusterWalk[AnyFlat]):
    """Strips of items, of which each core takes a share."""

    #: Each core has its own copy of the constants: cores that look up entries of a table meet in its banks.
    own_constants: ClassVar[bool] = True

    def plans(self, layer: AnyFlat, config: ClusterConfig) -> Iterator[Plan]:
        geometry, operands, constants = layer.geometry, len(layer.activations), _constant_bytes(layer)
        for share in _shares(layer, config):
            items = min(share * config.cores, geometry.items)
            strips = -(-geometry.items // items)
            size = items * geometry.item_bytes
            arrival, departure = operands * size / config.bus_bytes, size / config.bus_bytes
            kernel = layer.kernel
            work = share * (geometry.item_bytes * kernel.cycles_per_output + kernel.cycles_per_item)
            yield Plan(
                strip=items,
                strips=strips,
                share=share,
                input=round_up(size + layer.overread, 16),
                second=round_up(size + layer.overread, 16) if operands > 1 else 0,
                output=round_up(size, 16),
                private=round_up(constants, 4 * config.banks) + 8 if constants and self.own_constants else 0,
                constants=0 if self.own_constants else round_up(constants, 16),
                inputs=min(strips, 2),
                outputs=min(strips, 2),
                cores=config.cores,
                cycles=arrival + departure + strips * (max(work, arrival + departure) + STEP_CYCLES),
            )

    def cycles(self, layer: AnyFlat, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        kernel, item = layer.kernel, layer.geometry.item_bytes
        size = plan.strip * item
        moved = sum(supply.cycles(name, size) for name in (*layer.activations, "output"))
        elements = item * kernel.cycles_per_output * kernel.slowdown(plan.cores, config.banks)
        work = plan.share * (elements + kernel.cycles_per_item)
        return LAYER_CYCLES + moved + plan.strips * (max(work, moved) + STEP_CYCLES)

    def transfers(self, layer: AnyFlat, plan: Plan) -> Iterator[Transfer]:
        item, items = layer.geometry.item_bytes, layer.geometry.items
        for name, content in layer.constants.items():
            for copy in range(plan.cores if plan.private else 1):
                buffer, at = ("private", copy * plan.private) if plan.private else ("constants", 0)
                yield Transfer(operand=name, place=0, size=len(content), buffer=buffer, at=at)
        for strip, first in enumerate(range(0, items, plan.strip)):
            size = min(plan.strip, items - first) * item
            for name in (*layer.activations, "output"):
                at = slot(plan, name, strip)
                yield Transfer(operand=name, place=first * item, size=size, buffer=name, at=at)

    def functions(self, layer: AnyFlat) -> Mapping[str, tuple[str, str]]:
        return {"kernel": (f"{layer.kernel.operator}_kernel", layer.symbol)}

    def members(self, layer: AnyFlat, plan: Plan) -> dict[str, int | str]:
        geometry = layer.geometry
        sizes = {
            "items": geometry.items,
            "item_bytes": geometry.item_bytes,
            "strip_items": plan.strip,
            "share": plan.share,
        }
        optional: dict[str, int | str] = {}
        if plan.second:
            optional["second"] = plan.pair("second", plan.inputs, plan.second)
        if plan.private or plan.constants:
            optional |= {
                "constants": plan.symbol("private" if plan.private else "constants"),
                "constant_bytes": _constant_bytes(layer),
                "constant_pitch": plan.private,
            }
        members = super().members(layer, plan) | optional | sizes
        return {f"flat.{name}": value for name, value in members.items()}

    def operands(self, layer: AnyFlat, plan: Plan) -> Mapping[str, bytes]:
        return {**super().operands(layer, plan), **layer.constants}
