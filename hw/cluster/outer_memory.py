"""Timing of the memories outside a simulated cluster."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OuterMemory:
    """A memory on the cluster's bus.

    Parameters
    ----------
    latency : int
        Cycles from a grant on the bus to its answer.
    interval : int
        Cycles between two answers, each a beat of the bus.
    """

    latency: int
    interval: int = 1


L2 = OuterMemory(latency=10)
L3 = OuterMemory(latency=100, interval=4)
