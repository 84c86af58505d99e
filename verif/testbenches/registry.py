"""The benches there are, and how cases are chosen by name."""

from functools import partial

from common.errors import UserError
from hw.generate import component_verilog
from hw.units.registry import UNITS, VARIANTS
from hw.units.unit import Unit
from verif.testbenches.case import Bench
from verif.testbenches.cluster import ClusterBench
from verif.testbenches.component import ComponentBench
from verif.testbenches.core import CoreBench
from verif.testbenches.kernels import KernelBench
from verif.testbenches.shapes import (
    INTERCONNECTS,
    dma_verilog,
    event_unit_verilog,
    instruction_path_verilog,
    interconnect_verilog,
)
from verif.units.verification import unit_bench


def _unit_bench(unit: Unit) -> ComponentBench:
    own = unit_bench(unit)
    return ComponentBench(
        name=unit.extension,
        about=f"the unit of {unit.extension} by itself, every output in every cycle against its golden model",
        verilog=lambda: component_verilog(own.component(), unit.module),
        toplevel=unit.module,
        module=own.module,
    )


BENCHES: tuple[Bench, ...] = (
    *(_unit_bench(unit) for unit in (*UNITS, *VARIANTS)),
    *(
        ComponentBench(
            name=name,
            about="the cluster's L1 interconnect"
            + (" with hashed banks and broadcast" if config.broadcast else "")
            + ", random traffic against NumPy memory, fairness",
            verilog=partial(interconnect_verilog, name),
            toplevel=name,
            module="verif.testbenches.bench_interconnect",
        )
        for name, config in INTERCONNECTS.items()
    ),
    ComponentBench(
        name="event_unit",
        about="the cluster's barriers and events, every grant in every cycle",
        verilog=event_unit_verilog,
        toplevel="event_unit",
        module="verif.testbenches.bench_event_unit",
    ),
    ComponentBench(
        name="dma",
        about="the cluster's DMA between memories that stall, against NumPy",
        verilog=dma_verilog,
        toplevel="dma",
        module="verif.testbenches.bench_dma",
    ),
    ComponentBench(
        name="instruction_path",
        about="the cluster's fetch buffers, instruction cache and bus bridge, fetches against NumPy memory",
        verilog=instruction_path_verilog,
        toplevel="instruction_path",
        module="verif.testbenches.bench_instruction_path",
    ),
    ClusterBench(),
    CoreBench(),
    KernelBench(),
)


def choose(expression: str = "") -> list[tuple[Bench, tuple[str, ...]]]:
    """Benches with those of their cases whose name, ``bench.case``, contains the expression.

    Raises ``UserError`` when there is none.
    """
    chosen = []
    for bench in BENCHES:
        cases = tuple(case for case in bench.cases if expression in f"{bench.name}.{case}")
        if cases:
            chosen.append((bench, cases))
    if not chosen:
        raise UserError(f"no test has {expression!r} in its name; list the tests with: xdecimate test --list")
    return chosen
