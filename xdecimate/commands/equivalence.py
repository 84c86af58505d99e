"""``xdecimate equivalence``: proofs that the mapped netlist does what the Verilog describes."""

from typing import Annotated

import typer
from rich.table import Table

from common.errors import UserError
from hw.generate import core_verilog, unit_verilog
from hw.units.decimate.record import DECIMATE
from synth.canonical_modules import design
from synth.equivalence import SCRIPT, prove
from synth.libraries import chosen_library
from synth.mapping import Flow
from synth.reports import about
from xdecimate._api.configuration import core_config
from xdecimate.commands.options import ConfigName, JsonFile, LibertyFile, PdkName, check_time
from xdecimate.commands.output import progress, stdout, write_json


def equivalence(
    what: Annotated[
        str, typer.Argument(metavar="{unit,core}", help="The XDecimate unit alone, or a core.")
    ] = "unit",
    config: ConfigName = "xdecimate",
    liberty: LibertyFile = None,
    pdk: PdkName = None,
    limit: Annotated[
        float, typer.Option(metavar="SECONDS", help="Abort the proof of a module after this time.")
    ] = 300,
    json: JsonFile = None,
) -> None:
    """Prove that each mapped module is equivalent to its Verilog; exit status 1 if a proof is missing.

    Example: xdecimate equivalence core --limit 600
    """
    if what not in ("unit", "core"):
        raise UserError(f"the design to prove must be unit or core, not {what!r}")
    check_time("--limit", limit, "seconds")
    core = core_config(config)
    flow = Flow(chosen_library(liberty, pdk))
    if what == "unit":
        top = design(unit_verilog(DECIMATE), DECIMATE.module)
    else:
        top = design(core_verilog(core), "core")
    with progress() as bar:
        task = bar.add_task("proofs", total=None)
        verdicts = prove(
            top,
            flow,
            limit,
            done=lambda finished, of: bar.update(task, completed=finished, total=of),
        )
    table = Table("module", "verdict", "seconds", title=f"Mapped netlist against Verilog: {what}")
    for verdict in verdicts:
        table.add_row(verdict.module, verdict.reason or "proven", f"{verdict.seconds:.1f}")
    stdout.print(table)
    rows = [{"module": v.module, "proven": v.proven, "reason": v.reason} for v in verdicts]
    proof = {"proof_script": SCRIPT.splitlines(), "limit_seconds": limit}
    write_json(
        json, about(flow, {"xdecimate_unit" if what == "unit" else config: top}) | proof | {"rows": rows}
    )
    if not all(verdict.proven for verdict in verdicts):
        raise typer.Exit(1)
