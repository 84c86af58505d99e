"""Rates of what the host of an extension unit does, for the benches of units by themselves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rates:
    """Probabilities, each cycle, of what a host may do to an instruction."""

    grant: float = 1.0  # the memory takes the request
    response: float = 1.0  # the oldest request is answered
    bubble: float = 0.0  # nothing is in execute
    kill: float = 0.0  # the instruction in execute is flushed
    fault: float = 0.0  # an answer is an access fault; what follows it is flushed
    csr_write: float = 0.0  # the unit's CSR is written
