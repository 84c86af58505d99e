"""docs/isa.md is what the tables say."""

from pathlib import Path

import pytest

from hw.instructions import named, pseudocode
from reports.isa import DOCUMENT, render

ROOT = Path(__file__).parents[2]


def test_document_has_not_drifted() -> None:
    written = (ROOT / DOCUMENT).read_text()
    assert written == render(), "run python -m reports"


@pytest.mark.parametrize(
    ("mnemonic", "operands", "text"),
    [
        ("cv.lw", "rd, (rs1), rs2", "rd = mem32[rs1]; rs1 = rs1 + rs2"),
        ("cv.sh", "rs2, rs3(rs1)", "mem16[rs1 + rs3] = rs2"),
        ("cv.suburnr", None, "rd = (rd - rs1 + half(rs2)) >> rs2"),
        ("cv.machhsrn", None, "rd = (sext(rs1[31:16]) * sext(rs2[31:16]) + rd + half(is3)) >>> is3"),
        ("cv.sdotusp.sc.b", None, "rd = rd + sum of rs1[i] * rs2[0] (unsigned, signed)"),
        ("cv.cmpgtu.sci.h", None, "rd[i] = rs1[i] >u uimm ? -1 : 0"),
        ("cv.insertr", None, "rd[top:rs2[4:0]] = rs1, top = min(rs2[9:5] + rs2[4:0], 31)"),
        ("csrrci", None, "rd = csr; csr = csr & ~uimm"),
    ],
)
def test_meaning(mnemonic: str, operands: str | None, text: str) -> None:
    assert pseudocode(named(mnemonic, operands)) == text
