"""Layers with weights: dense or packed, requantized, their arithmetic proven."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from common.errors import UserError
from reference.blocks import BLOCK_SIZES, prune
from reference.requantization import Clip, Requantization, Tier, accumulator_bound
from reference.requantize import from_scale
from reference.short_requantization import short_from_scale
from sw_kernels.geometry import WeightedGeometry
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.layer import Layer, check_array
from sw_kernels.packing.layout import LANES
from sw_kernels.packing.packed import Packed, pack


def requantized(tier: Tier, clip: Clip) -> Arithmetic:
    """The macros of a kernel that requantizes."""
    return {"TIER": tier, "CLIP": clip}


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightedLayer(Layer):
    """A layer with weights, a bias and a requantization.

    Parameters
    ----------
    weights : ndarray, ``geometry.weight_shape``, int8
        Must obey 1:M when the kernel is sparse.
    bias : ndarray, shape (K,), int32
        Start value of the accumulators.
    requantization : Requantization
        From accumulators to outputs.

    Raises
    ------
    UserError
        As ``Layer``; also when an accumulator could pass int32, the reduction is too long for the kernel, or
        weights do not obey the pattern (the first offending block is named).
    """

    geometry: WeightedGeometry
    weights: np.ndarray
    bias: np.ndarray
    requantization: Requantization

    #: The padding of four of the largest blocks, past the reduction of the last position.
    overread: ClassVar[int] = LANES * max(BLOCK_SIZES)

    def __post_init__(self) -> None:
        super().__post_init__()
        geometry = self.geometry
        check_array("weights", self.weights, geometry.weight_shape, np.int8, geometry)
        check_array("bias", self.bias, (geometry.K,), np.int32, geometry)
        if len(self.requantization.mul) != geometry.K:
            raise UserError(
                f"requantization must have one value per channel, {geometry.K} in all, "
                f"not {len(self.requantization.mul)}"
            )
        self.requantization.check_bias(self.bias)
        if self.tier is Tier.SHORT and not self.kernel.quantizes:
            raise UserError(
                f"{self.kernel} of {geometry}: the kernel cannot requantize with 16-bit multipliers; use a "
                "kernel of xdecmac, or 31-bit multipliers"
            )
        limit = self.kernel.max_blocks
        if limit is not None and self.rows.shape[1] > limit:
            raise UserError(
                f"{self.kernel} of {geometry}: the kernel counts at most {limit} blocks per channel, or "
                f"{limit * (self.kernel.m or 1)} weights; split the reduction or use another kernel"
            )

    @classmethod
    def random(cls, geometry: WeightedGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random int8 operands, magnitude-pruned if sparse, and a ReLU.

        The requantization scale spreads the outputs over their range. Its multiplier has 16 bits if the
        kernel takes such, else 31.
        """
        rng = np.random.default_rng(seed)
        weights = rng.integers(-128, 128, geometry.weight_shape).astype(np.int8)
        if kernel.m:
            weights = prune(weights, kernel.m)
        bias = rng.integers(-3000, 3000, geometry.K).astype(np.int32)
        scale = 1000 / (accumulator_bound(weights, bias) + 1) * rng.uniform(0.5, 1, geometry.K)
        if kernel.quantizes:
            requantization, bias = short_from_scale(scale, bias, lo=0), np.zeros_like(bias)
        else:
            requantization = from_scale(scale, lo=0)
        return cls(
            geometry=geometry,
            kernel=kernel,
            weights=weights,
            bias=bias,
            requantization=requantization,
            inputs=rng.integers(-128, 128, geometry.input_shape).astype(np.int8),
        )

    @cached_property
    def tier(self) -> Tier:
        """The cheapest exact arithmetic of the requantization, proven from these weights."""
        return self.requantization.tier(accumulator_bound(self.weights, self.bias))

    @property
    def arithmetic(self) -> Arithmetic:
        return requantized(self.tier, self.requantization.clip)

    @cached_property
    def packed(self) -> Packed | None:
        """Packed weights; None when the kernel is dense."""
        kernel = self.kernel
        if kernel.m is None or kernel.layout is None:
            return None
        return pack(self.weights, kernel.m, kernel.layout, self.runs)

    @property
    def runs(self) -> int:
        """Parts of the reduction that have weights of their own."""
        return self.kernel.activations.runs(self.geometry)

    @cached_property
    def rows(self) -> np.ndarray:
        """Weights as they are stored: shape (K, bytes), int8, whole words."""
        if self.packed is not None:
            return self.packed.values
        runs = self.weights.reshape(self.geometry.K, self.runs, -1)
        layout, count = self.kernel.layout, runs.shape[2]
        stored = layout.stored(count, 1) if layout else -(-count // LANES) * LANES
        padded = np.pad(runs, ((0, 0), (0, 0), (0, stored - count)))
        return padded.reshape(self.geometry.K, -1)

    @property
    def patch(self) -> int:
        """Bytes of the reduction, padded as the weights are."""
        return self.rows.shape[1] * (1 if self.packed is None else self.packed.m)

    @cached_property
    def constants(self) -> dict[str, bytes]:
        records = self.requantization.records(self.bias, self.tier).astype("<i4")
        return {
            "weights": self.rows.tobytes(),
            "indices": b"" if self.packed is None else self.packed.indices.tobytes(),
            "requantization": records.tobytes(),
        }

    @property
    def scalars(self) -> dict[str, int]:
        """Members that layers with weights begin with."""
        return {
            "lo": self.requantization.lo,
            "hi": self.requantization.hi,
            "c": self.geometry.C,
            "k": self.geometry.K,
        }

    @property
    def weight_bytes(self) -> int:
        """Bytes of weights and indices."""
        return self.rows.nbytes + (0 if self.packed is None else self.packed.indices.nbytes)
