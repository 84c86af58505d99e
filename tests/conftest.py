"""Fixtures of all tests."""

import os
import secrets

import numpy as np
import pytest


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Random numbers from a fresh seed; a failing test shows the command that repeats it."""
    seed = int(os.environ.get("SEED", secrets.randbits(32)))
    print(f"to repeat: SEED={seed} python -m pytest '{request.node.nodeid}'")
    return np.random.default_rng(seed)
