"""The toy unit with a fault: rd gets the new sum."""

from sim.iss.state import Operation, Site, State, destination
from tests.units.toy import model


class Model(model.Model):
    def _add(self, state: State, site: Site) -> Operation:
        add, rd = super()._add(state, site), destination(site.fields["rd"])

        def operation() -> None:
            add()
            state.registers[rd] = self.read("xtotal")

        return operation
