"""All proofs, in the order in which they are shown."""

from common.errors import UserError
from hw.units.registry import UNITS
from verif.formal.proof import Proof
from verif.formal.proofs import (
    aligner,
    alu,
    arbiter,
    csr,
    decoder,
    decompressor,
    divider,
    execute,
    extension_off,
    fetch,
    forwarding,
    hwloop,
    liveness,
    lsu,
    multiplier,
)
from verif.units.verification import verification

_SUBJECTS = (
    decoder,
    decompressor,
    alu,
    multiplier,
    divider,
    execute,
    csr,
    hwloop,
    lsu,
    fetch,
    aligner,
    forwarding,
    liveness,
    extension_off,
    arbiter,
)

PROOFS: tuple[Proof, ...] = (
    *(proof for unit in UNITS for proof in verification(unit).proofs),
    *(proof for subject in _SUBJECTS for proof in subject.PROOFS),
)


def named(name: str) -> Proof:
    """The proof of this name."""
    [proof] = [proof for proof in PROOFS if proof.name == name]
    return proof


def choose(expression: str = "") -> list[Proof]:
    """Proofs whose name contains the expression; ``UserError`` lists the subjects if none does."""
    chosen = [proof for proof in PROOFS if expression in proof.name]
    if not chosen:
        subjects = ", ".join(dict.fromkeys(proof.name.partition(".")[0] for proof in PROOFS))
        raise UserError(
            f"no proof has {expression!r} in its name; subjects are {subjects} (see xdecimate formal --list)"
        )
    return chosen
