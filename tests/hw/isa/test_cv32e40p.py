"""The list of what CV32E40P has beyond this core: registers that come leave it."""

from hw.instructions import ADDRESSES
from hw.isa import cv32e40p


def test_registers_that_have_come_are_no_longer_listed():
    absent = cv32e40p.absent_csrs()
    assert "mcountinhibit" not in absent
    assert not {cv32e40p.CSRS[name] for name in absent} & set(ADDRESSES.values())
    assert {"tselect", "dcsr", "uhartid"} < set(absent)
