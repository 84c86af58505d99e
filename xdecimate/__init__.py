"""The Python API: sparse weights, layers, networks, RTL, simulation and area.

Every name is imported when it is first used, so that ``import xdecimate`` costs nothing. Arguments that
cannot be used raise ``UserError``; a simulator that fails raises ``SimulationError``.

>>> import numpy as np
>>> import xdecimate as xd
>>> weights = xd.prune(np.arange(1, 65, dtype=np.int8).reshape(4, 16), 8)
>>> result = xd.run(xd.Linear(weights, scale=0.01), np.ones((1, 16), np.int8))
>>> result.output, result.kernel, result.matches_golden
(array([[0, 1, 1, 1]], dtype=int8), 'linear sparse_xdecimate m8', True)
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
