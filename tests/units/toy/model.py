"""The toy unit in the instruction-set model."""

from collections.abc import Callable

from sim.iss.state import Operation, Site, State, destination
from sim.iss.unit_model import UnitModel
from tests.units.toy.record import TOTAL


class Model(UnitModel):
    """The sum, and what adds to it."""

    @property
    def actions(self) -> dict[str, Callable[[State, Site], Operation]]:
        return {"xtoy.add": self._add, "xtoy.reset": self._reset}

    def _add(self, state: State, site: Site) -> Operation:
        registers, rs1, rd = state.registers, site.fields["rs1"], destination(site.fields["rd"])

        def operation() -> None:
            total = self.read("xtotal")
            self.write("xtotal", total + registers[rs1])
            registers[rd] = total

        return operation

    def _reset(self, state: State, site: Site) -> Operation:
        return lambda: self.write("xtotal", TOTAL.reset)
