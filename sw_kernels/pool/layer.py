"""Poolings made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from common.errors import UserError
from reference.pool import Averaging, average_pool, max_pool
from reference.quantization import Quantization
from reference.requantization import Requantization, Tier
from sw_kernels.flat import random_codes
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.layer import Layer
from sw_kernels.pool.geometry import PoolGeometry
from sw_kernels.weighted import requantized

#: Smallest shift of the tier that needs only the upper half of a product.
HIGH_SHIFT = 33
#: Most by which the inputs may be shifted left: factors are int8.
MAX_GAIN = 6


@dataclass(frozen=True, eq=False, kw_only=True)
class PoolLayer(Layer):
    """A pooling.

    Parameters
    ----------
    averaging : Averaging or None
        Means of the windows; None for their largest codes.

    Raises
    ------
    UserError
        As ``Layer``; also when the kernel computes the other pooling, counts of windows are missing, or the
        window of a kernel of banded images does not cover the image.
    """

    geometry: PoolGeometry
    averaging: Averaging | None = None

    #: The last group of channels is read as a whole.
    overread: ClassVar[int] = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        averages = _averages(self.kernel)
        if self.kernel.whole and not self.geometry.whole:
            raise UserError(
                f"{self.kernel} of {self.geometry}: the window must cover the image, without padding; "
                "use a kernel of hwc activations"
            )
        if averages != (self.averaging is not None):
            raise UserError(f"{self.kernel} {'needs' if averages else 'takes no'} averaging")
        if self.averaging is not None:
            self.averaging.kinds(self.geometry.counts)

    @classmethod
    def random(cls, geometry: PoolGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes, scales and zero points."""
        rng = np.random.default_rng(seed)
        inputs = random_codes(rng, geometry.input_shape)
        if not _averages(kernel):
            return cls(geometry=geometry, kernel=kernel, inputs=inputs)
        scales = rng.uniform(0.03, 0.04), rng.uniform(0.01, 0.03)
        parts = [Quantization(scale, int(rng.integers(-20, 20))) for scale in scales]
        return cls(
            geometry=geometry, kernel=kernel, inputs=inputs, averaging=Averaging.of(geometry.counts, *parts)
        )

    def golden(self) -> np.ndarray:
        if self.averaging is None:
            return max_pool(self.inputs, self.geometry.size_yx, self.geometry.window)
        return average_pool(self.inputs, self.geometry.size_yx, self.geometry.window, self.averaging)

    @cached_property
    def gain(self) -> int:
        """Left shift of the inputs that lets the upper half of the product be enough; 0 where none does."""
        if self.averaging is None:
            return 0
        gain = max(HIGH_SHIFT - int(self.averaging.requantization.shift.min()), 0)
        return gain if gain <= MAX_GAIN and int(self.averaging.bound.max()) << gain < 1 << 31 else 0

    @cached_property
    def scaled(self) -> tuple[np.ndarray, Requantization, Tier]:
        """Bias, requantization and tier of the averaging, for inputs that are shifted left by the gain."""
        assert self.averaging is not None
        given, gain = self.averaging.requantization, self.gain
        requantization = Requantization(given.mul, given.add << gain, given.shift + gain, given.lo, given.hi)
        tier = requantization.tier(self.averaging.bound << gain)
        return self.averaging.bias << gain, requantization, tier

    @property
    def arithmetic(self) -> Arithmetic:
        if self.averaging is None:
            return {}
        _, requantization, tier = self.scaled
        return requantized(tier, requantization.clip)

    @cached_property
    def constants(self) -> dict[str, bytes]:
        if self.averaging is None:
            return {"requantization": b""}
        bias, requantization, tier = self.scaled
        records = requantization.records(bias, tier)
        counted = np.column_stack([np.array(self.averaging.counts), records])
        return {"requantization": counted.astype("<i4").tobytes()}

    @property
    def scalars(self) -> dict[str, int]:
        averaging = self.averaging
        lo, hi = 0, 0
        if averaging is not None:
            lo, hi = averaging.requantization.lo, averaging.requantization.hi
        names = ("C", "IX", "IY", "OX", "FX", "FY", "SX", "SY", "PX", "PY")
        dimensions = {name.lower(): getattr(self.geometry, name) for name in names}
        return {"lo": lo, "hi": hi} | dimensions | {"factor": 1 << self.gain}

    @property
    def arguments(self) -> tuple[str, ...]:
        g = self.geometry
        return "0", str(g.C if self.kernel.whole else g.OY * g.OX * g.groups)


def _averages(kernel: Kernel) -> bool:
    """True for kernels of means, False for those of maxima."""
    return kernel.name.startswith("average")
