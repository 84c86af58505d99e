"""The extension units that configurations can name: one line a unit."""

from hw.units.decimate.record import DECIMATE
from hw.units.decmac.record import DECMAC, DECMAC8, DECMAC28
from hw.units.unit import Unit

UNITS: tuple[Unit, ...] = (DECIMATE, DECMAC)
#: Units above with other parameters: they have the same instructions, under another name of the extension.
VARIANTS: tuple[Unit, ...] = (DECMAC8, DECMAC28)
