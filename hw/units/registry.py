"""The extension units that configurations can name: one line a unit."""

from hw.units.decimate.record import DECIMATE
from hw.units.unit import Unit

UNITS: tuple[Unit, ...] = (DECIMATE,)
