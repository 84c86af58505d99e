"""The exceptions that the API raises."""

from common.errors import UserError
from sim.rtl.errors import SimulationError

__all__ = ["SimulationError", "UserError"]
