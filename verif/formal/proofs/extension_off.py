"""The core with XDecimate against the core without, on programs that do not use it.

Both cores get the same inputs. Every register of the core without has one of the same name in the other; the
proof is by induction that they are equal, and so are all outputs. At power-up registers have any values, the
same in both cores, and no XDecimate instruction is in flight: what one would leave behind during reset, in
registers that reset does not touch, no program sees.
"""

from amaranth.asserts import Initial
from amaranth.hdl import Assume, Cat, Module, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In

from hw.config import BASELINE, XDECIMATE, CoreConfig
from hw.core.controls import Unit
from hw.core.core import Core
from hw.core.fetch import Fetched
from hw.core.pipeline_registers import execute_stage, memory_stage
from hw.isa.csr import ADDRESSES
from hw.isa.table import INSTRUCTIONS
from verif.formal.harness import answer, answers, claim, cutpoints, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.instruction import any_of
from verif.formal.proof import Method, Proof

_COUNTER = ADDRESSES["xdecimate"]
_DECIMATE = [row for row in INSTRUCTIONS if row.extension == "xdecimate"]
#: Units that both cores have alike: no name of the extension is in them, and their inputs are registers of
#: EX, ``ex_done`` and ``ex_valid``, which are shown equal. They are cut out of both, and give both the same.
_UNITS = ("alu", "multiplier", "divider")
_OUTPUTS = (
    "alu.result",
    "alu.condition",
    "multiplier.result",
    "multiplier.done",
    "divider.result",
    "divider.done",
)
_CSR = [row for row in INSTRUCTIONS if row.operation.startswith("csr.")]


def uses(word: Value) -> Value:
    """The word is an instruction of XDecimate, or an access to its counter."""
    return any_of(word, _DECIMATE) | (any_of(word, _CSR) & (word[20:32] == _COUNTER))


def _fields(layout: data.StructLayout, signal: Signal) -> dict[str, Value]:
    view = data.View(layout, signal)
    return {name: Value.cast(view[name]) for name, _ in layout}


def _comparable(inside: Inside, config: CoreConfig) -> dict[str, Value]:
    """Registers by path, pipeline registers by field: their layouts differ between the cores."""
    found: dict[str, Value] = {}
    for path, register in inside.registers.items():
        if path.partition(".")[0] in _UNITS:
            continue
        if path not in ("ex", "wb"):
            found[path] = register
            continue
        layout = execute_stage(config) if path == "ex" else memory_stage(config)
        for name, value in _fields(layout, register).items():
            if name == "controls":
                view = data.View(layout, register).controls
                found |= {f"ex.{field}": Value.cast(view[field]) for field, _ in layout["controls"].shape}
            else:
                found[f"{path}.{name}"] = value
    return found


class EquivalenceHarness(Component):
    """Both cores on the same inputs."""

    def __init__(self) -> None:
        free = answers("instr_") | answers("data_")
        super().__init__({**free, "hart_id": In(32), "boot_address": In(32), "irq": In(3)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        reset_once(m)
        cores = {"without": Core(BASELINE), "with": Core(XDECIMATE)}
        insides = {name: Inside(core) for name, core in cores.items()}
        for name, core in cores.items():
            m.submodules[name] = insides[name].fragment
            for port, bus in (("instr", core.instr), ("data", core.data)):
                answer(m, self, bus, f"{port}_")
            m.d.comb += [
                core.hart_id.eq(self.hart_id),
                core.boot_address.eq(self.boot_address),
                Cat(core.irq.external, core.irq.software, core.irq.timer).eq(self.irq),
            ]
        m.d.comb += Assume(~self.instr_rvalid | ~uses(self.instr_rdata))

        m.d.comb += [Assume(insides["without"][path] == insides["with"][path]) for path in _OUTPUTS]
        left = _comparable(insides["without"], BASELINE)
        right = _comparable(insides["with"], XDECIMATE)
        for path, register in left.items():
            equal = register == right[path]
            m.d.comb += Assume(~Initial() | equal)
            claim(m, {f"register {path}": equal})

        first, second = cores["without"], cores["with"]
        same = {
            "retire": first.retire == second.retire,
            "sleep": first.sleep == second.sleep,
            "instruction request": first.instr.req == second.instr.req,
            "instruction address": first.instr.addr == second.instr.addr,
            "data request": first.data.req == second.data.req,
            "end of EX": insides["without"]["ex_done"] == insides["with"]["ex_done"],
        }
        for wire in ("addr", "we", "be", "wdata"):
            equal = getattr(first.data, wire) == getattr(second.data, wire)
            same[f"data {wire}"] = ~first.data.req | equal
        inside = insides["with"]
        ex = data.View(execute_stage(XDECIMATE), inside.registers["ex"])
        wb = data.View(memory_stage(XDECIMATE), inside.registers["wb"])
        id_word = data.View(Fetched, inside.registers["fetched"]).word
        filled = inside["fetch.filled"]
        in_csr = (ex.controls.unit == Unit.CSR) & (ex.b[:12] == _COUNTER)
        invariants = {
            "invariant: nothing waits": (filled == 0) | ~uses(inside["fetch.word0"][:32]),
            "invariant: nothing waits behind": (filled < 2) | ~uses(inside["fetch.word1"][:32]),
            "invariant: none in ID": ~inside.registers["id_valid"] | ~uses(id_word),
            "invariant: none in EX": ~inside.registers["ex_valid"] | ~(ex.controls.decimate | in_csr),
            "invariant: none in WB": ~inside["lsu.wb_pending"] | ~wb.decimate,
            "invariant: none in the unit": ~inside["decimate.pending"],
        }
        claim(m, same | invariants)
        for holds in invariants.values():
            m.d.comb += Assume(~Initial() | holds)
        return m


PROOFS = (
    Proof(
        name="extension_off.equivalence",
        what="without XDecimate instructions the core with the extension does in every cycle what the core "
        "without it does: all outputs, and all registers that both have",
        method=Method.INDUCTION,
        depth=2,
        build=lambda: sources(
            EquivalenceHarness(),
            *(cut for core in ("with", "without") for cut in cutpoints(f"harness.{core}", _UNITS)),
        ),
        assumes="no fetched word is an XDecimate instruction or accesses CSR 0x800; both cores power up "
        "alike; ALU, multiplier and divider, equal in both, are cut out",
    ),
)
