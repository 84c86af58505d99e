"""The cheap proofs hold; xdecimate formal and make formal run the others."""

import pytest

from verif.formal.proof import Proof
from verif.formal.registry import PROOFS
from verif.formal.runner import prove


def test_names_are_unique():
    names = [proof.name for proof in PROOFS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("proof", [p for p in PROOFS if p.cheap], ids=lambda p: p.name)
def test_cheap_proof_holds(proof: Proof):
    result = prove(proof)
    assert result.passed, result.message
