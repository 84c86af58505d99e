"""A block simulated for a few cycles, and what its signals did as WaveJSON (wavedrom.com)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from amaranth.hdl import Value
from amaranth.lib.wiring import Component
from amaranth.sim import Simulator

#: Values of a cycle by lane, None where a word means nothing.
Row = dict[str, Any]
#: Inputs, and what each is set to.
Settings = Sequence[tuple[Value, int]]
#: From the cycle's number and the cycle before to the inputs of this one.
Stimulus = Callable[[int, Row], Settings]


def settings_of(rows: Sequence[Settings]) -> Stimulus:
    """A stimulus from the settings of each cycle; an input keeps its value until it is set again."""
    return lambda cycle, _: rows[cycle] if cycle < len(rows) else ()


@dataclass(frozen=True)
class Lane:
    """One signal; a word is shown only while ``valid`` is 1."""

    name: str
    value: Value
    valid: Value | None = None


@dataclass(frozen=True)
class Scene:
    """A block, its inputs, and the lanes that a page shows.

    ``groups`` are the lanes by the name of their group.
    """

    component: Component
    stimulus: Stimulus
    groups: dict[str, tuple[Lane, ...]]
    cycles: int


def record(scene: Scene) -> list[Row]:
    """Values of every lane in each cycle, before the clock edge that ends it."""
    rows: list[Row] = []

    async def bench(context: Any) -> None:
        for cycle in range(scene.cycles):
            for signal, value in scene.stimulus(cycle, rows[-1] if rows else {}):
                context.set(signal, value)
            row = {}
            for lane in (lane for lanes in scene.groups.values() for lane in lanes):
                shown = lane.valid is None or context.get(lane.valid)
                row[lane.name] = context.get(lane.value) if shown else None
            rows.append(row)
            await context.tick()

    simulator = Simulator(scene.component)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    return rows


def wave_json(scene: Scene) -> dict[str, Any]:
    """The description of a waveform that WaveDrom draws."""
    rows = record(scene)
    signal: list[Any] = [{"name": "clk", "wave": "p" + "." * (scene.cycles - 1)}]
    for group, lanes in scene.groups.items():
        drawn = [_drawn(lane, rows) for lane in lanes]
        signal.append([group, *drawn] if group else drawn[0])
    return {"head": {"tick": 1}, "config": {"hscale": 2}, "signal": signal}


def _drawn(lane: Lane, rows: Sequence[Row]) -> dict[str, Any]:
    bit = len(Value.cast(lane.value)) == 1
    found = [row[lane.name] for row in rows]
    values = ["x" if value is None else f"{value:x}" for value in found]
    wave, data = "", []
    for before, value in zip([None, *values], values, strict=False):
        if value == before:
            wave += "."
        elif bit or value == "x":
            wave += value
        else:
            wave += "="
            data.append(value)
    return {"name": lane.name, "wave": wave, **({"data": data} if data else {})}
