"""Liveness of the core: in bounded time an instruction retires, a trap is taken, or wfi sleeps.

Two proofs. ``invariants`` holds from reset on, by induction: how the pipeline counts what memory owes it.
``progress`` starts in every state that satisfies them and looks at one window of cycles: it holds in all
cycles, not only in the first ones. Values decide nothing here: all units that make them are black-boxed, and
so are the decompressor and the decoder. One fact about the decoder's outputs is assumed, which its own proof
shows.
"""

from amaranth.asserts import Initial
from amaranth.hdl import Assert, Assume, Module, Mux, ResetSignal, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component

from hw.config import CoreConfig
from hw.core.control_fields import FunctionalUnit
from hw.core.controls import decode_controls
from hw.core.core import Core
from hw.core.csr_file import Trap
from hw.core.pipeline_registers import execute_stage
from verif.formal.core_harness import CORES
from verif.formal.harness import answer, answers, claim, cutpoints, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof

_CUT = (
    "alu",
    "branch",
    "multiplier",
    "divider",
    "csr_file",
    "register_file",
    "hardware_loops",
    "decimate",
    "decoder",
)
#: What a core with extension c has besides.
_CUT_COMPRESSED = ("fetch/decompressor",)
#: Cycles that memory takes for a grant or a response, at most.
PATIENCE = 2
WINDOW = 16


class LivenessHarness(Component):
    """The core between two fair memories; ``anywhere``: from any state that satisfies the invariants."""

    def __init__(self, config: CoreConfig, *, anywhere: bool) -> None:
        self._config = config
        self._anywhere = anywhere
        self._started: list[Value] = []
        super().__init__(answers("instr_") | answers("data_"))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        core = Core(self._config)
        inside = Inside(core)
        m.submodules.core = inside.fragment
        owed = {"instr": Signal(2, name="instr_owed"), "data": Signal(2, name="data_owed")}
        for port, bus in (("instr", core.instr), ("data", core.data)):
            answer(m, self, bus, f"{port}_")
            granted = bus.req & bus.gnt
            m.d.sync += owed[port].eq(owed[port] + granted - bus.rvalid)
            m.d.comb += Assume(~bus.rvalid | (owed[port] != 0))
            self._be_fair(m, bus.req, bus.gnt)
            self._be_fair(m, owed[port] != 0, bus.rvalid)

        ex_valid = inside.registers["ex_valid"]
        ex = data.View(execute_stage(self._config), inside.registers["ex"])
        execute = ex.controls
        slow = ex_valid & (
            (execute.unit == FunctionalUnit.MULTIPLIER) | (execute.unit == FunctionalUnit.DIVIDER)
        )
        done = Mux(execute.unit == FunctionalUnit.DIVIDER, inside["divider.done"], inside["multiplier.done"])
        decoded = data.View(decode_controls(self._config), inside["decoder.controls"]).execute
        m.d.comb += Assume(~decoded.memory | (decoded.unit == FunctionalUnit.LSU))

        live, filled, dropped = (inside[f"fetch.{name}"] for name in ("live", "filled", "dropped"))
        pending, last = inside["lsu.wb_pending"], inside["lsu.wb_last"]
        invariants = {
            "words that fetch waits for": owed["instr"] == live - filled + dropped,
            "no more than two": (live <= 2) & (filled <= live) & (live - filled + dropped <= 2),
            "a request is left behind only while it is held": ~inside["fetch.stale"] | inside["fetch.held"],
            "data that WB waits for": owed["data"] == pending,
            "half an access": ~(pending & ~last) | inside["lsu.second"],
            "its instruction is in EX": ~inside["lsu.second"] | (ex_valid & execute.memory),
            "accesses are the load/store unit's": ~(ex_valid & execute.memory)
            | (execute.unit == FunctionalUnit.LSU),
        }
        waiting = Signal(range(WINDOW + 1))
        progress = core.retire | data.View(Trap, inside["controller.trap"]).valid
        progress |= inside["controller.sleep"]  # in wfi; an event load waits for a fair memory
        with m.If(progress | (slow & ~done)):
            m.d.sync += waiting.eq(0)
        with m.Else():
            m.d.sync += waiting.eq(waiting + (waiting != WINDOW))
        if self._anywhere:
            m.d.comb += [
                Assume(~ResetSignal()),
                *(Assume(~Initial() | holds) for holds in (*invariants.values(), *self._started)),
                Assume(~Initial() | (waiting == 0)),
                Assert(waiting != WINDOW, "something happens in time"),
            ]
        else:
            reset_once(m)
            claim(m, invariants)
        return m

    def _be_fair(self, m: Module, asks: Value, answers: Value) -> None:
        """Assume that every request is answered within PATIENCE cycles."""
        asked = Signal(range(PATIENCE))
        with m.If(asks & ~answers):
            m.d.sync += asked.eq(asked + 1)
        with m.Else():
            m.d.sync += asked.eq(0)
        m.d.comb += Assume(~(asks & (asked == PATIENCE - 1)) | answers)
        self._started.append(asked < PATIENCE)


def _proof(
    config: CoreConfig, name: str, what: str, method: Method, depth: int, *, anywhere: bool, assumes: str = ""
) -> Proof:
    cut = _CUT + _CUT_COMPRESSED * config.has("c")
    return Proof(
        name=f"liveness.{name}{CORES[config]}",
        what=what,
        method=method,
        depth=depth,
        build=lambda: sources(LivenessHarness(config, anywhere=anywhere), *cutpoints("harness.core", cut)),
        cheap=not anywhere,
        assumes=assumes,
    )


PROOFS = tuple(
    proof
    for config in CORES
    for proof in (
        _proof(
            config,
            "invariants",
            "the core counts its outstanding accesses as memory does",
            Method.INDUCTION,
            4,
            anywhere=False,
        ),
        _proof(
            config,
            "progress",
            f"in any {WINDOW} cycles an instruction retires, a trap is taken, wfi sleeps, or the multiplier "
            "or divider is at work (5 and 35 cycles at most, see there)",
            Method.WINDOW,
            WINDOW + 1,
            anywhere=True,
            assumes=f"every grant and every response comes within {PATIENCE} cycles",
        ),
    )
)
