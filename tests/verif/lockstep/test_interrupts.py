"""Lockstep through traps and interrupts at random cycles."""

import numpy as np
import pytest

from hw.config import CONFIGS, CoreConfig
from verif.fuzz.case import case
from verif.lockstep.check import check_all
from verif.lockstep.trace import INTR, TRAP


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_interrupts_and_traps(config: CoreConfig, rng: np.random.Generator):
    seed = int(rng.integers(1, 1 << 31))
    outcomes = check_all([case(config, seed, number).job() for number in range(3)], config)
    for outcome in outcomes:
        assert outcome.mismatch is None, str(outcome.mismatch)
    status = np.concatenate([outcome.trace["status"] for outcome in outcomes])
    traps = (status & TRAP) != 0
    interrupts = ((status & INTR) != 0)[1:] & ~traps[:-1]
    assert traps.sum() > 100
    assert interrupts.sum() > 30
