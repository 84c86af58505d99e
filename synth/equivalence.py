"""Proofs that mapped modules do what their Verilog says, by Yosys.

Each module is proven by itself, its submodules' outputs being free inputs in both versions, registers matched
by name and the step from one state to the next by induction. What is cheap comes first: gates that are the
same, then cones cut at wires that both have, then whole cones. Joining the mapped modules only connects them.
"""

import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from common.cache import kept_json
from common.errors import UserError
from common.workplace import workplace
from hw import yosys
from hw.yosys import run_script
from synth.canonical_modules import Module
from synth.mapping import PROCESSES, Flow, map_designs

#: Yosys's commands for one module.
SCRIPT = """\
read_verilog module.v
hierarchy -check -top {key}
proc
opt_clean
rename {key} gold
{evert_gold}
design -stash gold
read_liberty cells.lib
read_rtlil mapped.il
read_verilog stubs.v
hierarchy -check -top {key}
flatten
proc
opt_clean
rename {key} gate
{evert_gate}
design -stash gate
design -copy-from gold -as gold gold
design -copy-from gate -as gate gate
equiv_make gold gate equiv
hierarchy -top equiv
opt -full equiv
equiv_struct equiv
equiv_simple -short equiv
equiv_simple -undef equiv
equiv_induct -undef equiv
equiv_status -assert equiv
"""


@dataclass(frozen=True)
class Verdict:
    """Outcome of the proof of one module.

    Parameters
    ----------
    module : str
        Its name in the design.
    proven : bool
    reason : str
        Why not: what remains unproven, or that time was over.
    seconds : float
    """

    module: str
    proven: bool
    reason: str
    seconds: float


def prove(
    top: Module,
    flow: Flow,
    limit: float,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> list[Verdict]:
    """A verdict on each module of a design that was mapped module by module.

    ``limit`` is in seconds and for each module. Proofs are kept; what was not proven is tried again.
    """
    map_designs([top], flow)
    modules, finished = list(top.all()), 0

    def one(module: Module) -> Verdict:
        nonlocal finished
        verdict = _prove(module, flow, limit)
        finished += 1
        done(finished, len(modules))
        return verdict

    with ThreadPoolExecutor(PROCESSES) as pool:
        return list(pool.map(one, modules))


def _prove(module: Module, flow: Flow, limit: float) -> Verdict:
    # The submodules, by their keys.
    cells = " ".join(f"{{side}}/t:{child.key}" for child in module.children)
    script = SCRIPT.format(
        key=module.key,
        evert_gold=f"expose -evert {cells.format(side='gold')}" if cells else "",
        evert_gate=f"expose -evert {cells.format(side='gate')}" if cells else "",
    )
    path = flow.mapped(module)
    assert path is not None
    stubs = "".join(child.stub for child in module.children)
    files = {"module.v": module.text + stubs, "stubs.v": stubs, "mapped.il": path.read_text()}

    def make() -> dict[str, Any]:
        return asdict(_verdict(module, script, files | {"cells.lib": flow.library.text}, limit))

    ingredients = (script, *files.values(), flow.library.digest, yosys.version())
    return Verdict(**kept_json("equivalence", ingredients, make, final=lambda verdict: verdict["proven"]))


def _verdict(module: Module, script: str, files: Mapping[str, str], limit: float) -> Verdict:
    start, reason = time.monotonic(), ""
    with workplace() as folder:
        for file, content in files.items():
            (folder / file).write_text(content)
        try:
            run_script(script, folder, limit)
        except subprocess.TimeoutExpired:
            reason = f"not within {limit:g} s"
        except UserError as error:
            if "unproven" not in str(error):
                raise
            reason = str(error)
    return Verdict(module.name.replace("\\", ""), not reason, reason, round(time.monotonic() - start, 1))
