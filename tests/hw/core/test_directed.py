"""Directed programs in co-simulation with the model, on every configuration."""

from random import Random

import numpy as np
import pytest

from hw.config import CONFIGS, CoreConfig
from verif.cosim.check import check_all
from verif.programs.directed import ENDLESS, directed


@pytest.mark.long
@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_directed_programs(config: CoreConfig, rng: np.random.Generator):
    names, jobs = zip(*directed(Random(int(rng.integers(1 << 32))), config), strict=True)
    for name, outcome in zip(names, check_all(jobs, config), strict=True):
        assert outcome.mismatch is None, f"{name}: {outcome.mismatch}"
        assert outcome.result.passed or name.startswith(ENDLESS), name
        assert outcome.instructions > 100
