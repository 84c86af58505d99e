"""The Python API: sparse weights, layers, RTL, simulation and area.

Every name is imported when it is first used, so that ``import xdecimate`` costs nothing. Arguments that
cannot be used raise ``UserError``; a simulator that fails raises ``SimulationError``.

>>> import xdecimate as xd
>>> text = xd.verilog("rv32im+xdecimate")
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
