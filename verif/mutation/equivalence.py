"""Mutants that nobody can tell from the design: shown by proof, not by want of a test.

The unit's proof is of every host that keeps the protocol; a mutant for which it still holds is equivalent in
every use. In the core, Yosys shows that a mutant's registers and outputs are the design's.
"""

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from hw import yosys
from hw.files import write_atomically
from verif.formal.proof import Proof, Sources
from verif.formal.proofs import unit as unit_proofs
from verif.formal.runner import prove
from verif.formal.sby import Status
from verif.mutation.mutant import FOLDER, READ, Mutant, Population, yosys_output

#: Signals of the unit that the proof's invariants name, and the unit's name in the proof.
_EXPOSED = ("ahead", "pending", "counter", "merge_lane", "held")
_UNIT = "harness.unit"
PATIENCE = 60.0
_PROVEN = "Equivalence successfully proven!"


def unit_proof(population: Population, mutant: Mutant) -> Status:
    """What the unit's proof says of a mutant: ``PASS`` if it is equivalent, ``FAIL`` if the proof sees it."""
    [proof] = [proof for proof in unit_proofs.PROOFS if proof.name == "unit.standalone"]
    wires = " ".join(f"xdecimate_unit/w:{name}" for name in _EXPOSED)
    commands = f"{mutant.command}\nexpose {wires}\nrename xdecimate_unit {_UNIT}\nwrite_rtlil out\n"
    text = yosys_output(population.rtlil, commands)

    def build() -> Sources:
        sources = proof.build()
        read = "read_rtlil harness.il"
        swapped = sources.script.replace(read, f"{read}\ndelete {_UNIT}\nread_rtlil mutant.il", 1)
        return Sources(files={**sources.files, "mutant.il": text}, script=swapped)

    case: Proof = replace(proof, name=f"mutant.{mutant.number}", build=build)
    return prove(case).verdict.status


def is_equivalent(population: Population, mutant: Mutant) -> bool:
    """Whether a mutant is the design, seen from the registers and outputs of its module with all below it.

    What Yosys cannot show within ``PATIENCE`` seconds counts as not shown. Outcomes are kept.
    """
    path = population.folder / f"equivalence-{mutant.number}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, str(_proven(population, mutant)))
    return path.read_text() == str(True)


def _proven(population: Population, mutant: Mutant) -> bool:
    top = mutant.module
    side = f"hierarchy -top {top}\nmemory\nflatten\nopt_clean\n"
    script = f"""{READ}design -save both
{side}design -stash sound
design -load both
{mutant.command}
{side}design -stash faulty
design -copy-from sound -as sound {top}
design -copy-from faulty -as faulty {top}
equiv_make sound faulty both
hierarchy -top both
equiv_struct -icells
equiv_simple -short
equiv_induct -seq 3
tee -o status equiv_status
"""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as name:
        folder = Path(name)
        (folder / "design.il").write_text(population.rtlil)
        try:
            yosys.run_script(script, folder, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return False
        return _PROVEN in (folder / "status").read_text()
