"""Settings of PyTorch under which a training has the same result every time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def reproducible(threads: int) -> Iterator[None]:
    """Deterministic algorithms on this number of threads, and random numbers apart from those outside.

    Behind it, all of these are as they were.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it cuBLAS is not deterministic
    deterministic, before = torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()
    try:
        torch.use_deterministic_algorithms(True)
        torch.set_num_threads(threads)
        with torch.random.fork_rng():
            yield
    finally:
        torch.use_deterministic_algorithms(deterministic)
        torch.set_num_threads(before)
