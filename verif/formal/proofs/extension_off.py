"""The core with an extension unit against the core without, on programs that do not use it.

Both cores get the same inputs. Every register of the core without has one of the same name in the other; the
proof is by induction that they are equal, and so are all outputs. At power-up registers have any values, the
same in both cores, and no instruction of the unit is in flight: what one would leave behind during reset, in
registers that reset does not touch, no program sees.
"""

from amaranth.asserts import Initial
from amaranth.hdl import Assume, Cat, Module, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In

from hw.config import BASELINE, CoreConfig
from hw.core.control_fields import FunctionalUnit
from hw.core.core import Core
from hw.core.fetch import fetched_shape
from hw.core.pipeline_registers import execute_stage, memory_stage
from hw.instructions import INSTRUCTIONS
from hw.units.registry import UNITS
from hw.units.unit import Unit
from verif.formal.harness import answer, answers, claim, cutpoints, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.instruction import any_of
from verif.formal.proof import Method, Proof
from verif.units.verification import verification

#: Functional units that both cores have alike: their inputs are registers of EX, ``ex_done`` and
#: ``ex_valid``, which are shown equal. They are black-boxed in both, and give both the same. A unit that
#: borrows the multiplier leaves it alone while none of its instructions is in EX or the unit, as is claimed;
#: the multiplier's proofs show that it then does the same.
_UNITS = ("alu", "multiplier", "divider")
_OUTPUTS = (
    "alu.result",
    "multiplier.result",
    "multiplier.done",
    "divider.result",
    "divider.done",
)
_CSR = [row for row in INSTRUCTIONS if row.operation.startswith("csr.")]


def _is_hidden(address: Value, unit: Unit) -> Value:
    return Cat(*(address == state.csr.address for state in unit.state)).any()


def uses(word: Value, unit: Unit) -> Value:
    """The word is an instruction of the unit, or an access to its hidden state."""
    return any_of(word, list(unit.instructions)) | (any_of(word, _CSR) & _is_hidden(word[20:32], unit))


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
    """Both cores on the same inputs: that of a configuration, and the same with one unit more."""

    def __init__(self, config: CoreConfig, unit: Unit) -> None:
        self._without = config
        self._with = config.with_(unit, name=f"{config.name}+{unit.extension}")
        self._unit = unit
        free = answers("instr_") | answers("data_")
        super().__init__({**free, "hart_id": In(32), "boot_address": In(32), "irq": In(3)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        reset_once(m)
        cores = {"without": Core(self._without), "with": Core(self._with)}
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

        for path in _OUTPUTS:
            equal = insides["without"][path] == insides["with"][path]
            lent = path.startswith("multiplier.") and self._unit.borrows_multiplier
            m.d.comb += Assume(equal | ~insides["with"].registers["ex_valid"] if lent else equal)
        left = _comparable(insides["without"], self._without)
        right = _comparable(insides["with"], self._with)
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
        unit = self._unit
        ex = data.View(execute_stage(self._with), inside.registers["ex"])
        wb = data.View(memory_stage(self._with), inside.registers["wb"])
        in_id = data.View(fetched_shape(self._with), inside.registers["fetched"]).word
        m.d.comb += Assume(~inside.registers["id_valid"] | ~uses(in_id, unit))
        in_csr = (ex.controls.unit == FunctionalUnit.CSR) & _is_hidden(ex.b[:12], unit)
        invariants = {
            "invariant: none in EX": ~inside.registers["ex_valid"] | ~(ex.controls[unit.name] | in_csr),
        }
        if unit.accesses_memory:
            invariants["invariant: none in WB"] = ~inside["lsu.wb_pending"] | ~wb[unit.name]
        for register in verification(unit).busy:
            invariants[f"invariant: none in {register} of the unit"] = inside[f"{unit.name}.{register}"] == 0
        claim(m, same | invariants)
        for holds in invariants.values():
            m.d.comb += Assume(~Initial() | holds)
        return m


def extension_off_proof(config: CoreConfig, unit: Unit) -> Proof:
    """The proof for one unit, added to a configuration.

    The configuration has another extension that is not a standard one: bit X of misa is the same in both.
    """
    return Proof(
        name=f"extension_off.{unit.extension}",
        what=f"without instructions of {unit.extension} the core with the extension does in every cycle what "
        "the core without it does: all outputs, and all registers that both have",
        method=Method.INDUCTION,
        depth=2,
        build=lambda: sources(
            EquivalenceHarness(config, unit),
            *(cut for core in ("with", "without") for cut in cutpoints(f"harness.{core}", _UNITS)),
        ),
        assumes=f"no word in ID is an instruction of {unit.extension} or accesses its CSRs; both cores "
        "power up alike; ALU, multiplier and divider, equal in both, are black-boxed",
    )


def _without(unit: Unit) -> CoreConfig:
    """The smallest extension of ``BASELINE`` that the unit can be added to."""
    needed = [other.extension for other in UNITS if other.extension in unit.needs]
    return BASELINE.with_(*needed, name="+".join((BASELINE.name, *needed)))


PROOFS = tuple(extension_off_proof(_without(unit), unit) for unit in UNITS)
