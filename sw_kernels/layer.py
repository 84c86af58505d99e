"""One layer made ready for a kernel: checked, packed, its arithmetic proven, its C struct written out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from common.errors import UserError
from reference.requantization import Requantization, Tier, accumulator_bound
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.packing.blocks import BLOCK_SIZES
from sw_kernels.packing.packed import LANES, Packed, pack
from sw_kernels.variants import Variant

#: Blocks that xdecimate can count: its 16-bit counter numbers every block twice.
MAX_BLOCKS = 1 << 15
#: What a kernel may read past the reduction of the last patch: the padding of four of the largest blocks.
OVERREAD = LANES * max(BLOCK_SIZES)


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """A layer and the kernel that computes it.

    Parameters
    ----------
    geometry : ConvGeometry or LinearGeometry
        Shapes.
    variant : Variant
        Kernel.
    weights : ndarray, ``geometry.weight_shape``, int8
        Must obey 1:M when the variant is sparse.
    bias : ndarray, shape (K,), int32
        Start value of the accumulators.
    requantization : Requantization
        From accumulators to outputs.
    inputs : ndarray, ``geometry.input_shape``, int8
        Activations.

    Raises
    ------
    UserError
        When geometry and variant do not fit, a shape or type is wrong, an accumulator could pass int32, the
        reduction is too long for the instruction's counter, or weights do not obey the pattern (the first
        offending block is named).
    """

    geometry: ConvGeometry | LinearGeometry
    variant: Variant
    weights: np.ndarray
    bias: np.ndarray
    requantization: Requantization
    inputs: np.ndarray

    def __post_init__(self) -> None:
        geometry = self.geometry
        if isinstance(geometry, ConvGeometry) != (self.variant.kernel == "conv"):
            raise UserError(
                f"kernel {self.variant.kernel} does not compute a {type(geometry).__name__} {geometry}"
            )
        wanted = {
            "weights": (geometry.weight_shape, np.int8),
            "bias": ((geometry.K,), np.int32),
            "inputs": (geometry.input_shape, np.int8),
        }
        for name, (shape, dtype) in wanted.items():
            array = getattr(self, name)
            if array.shape != shape or array.dtype != dtype:
                raise UserError(
                    f"{name} of {geometry} must be {np.dtype(dtype)} of shape {shape}, "
                    f"not {array.dtype} of shape {array.shape}"
                )
        if len(self.requantization.mul) != geometry.K:
            raise UserError(
                f"requantization is for {len(self.requantization.mul)} channels, not {geometry.K}"
            )
        _ = self.tier
        if (
            self.packed is not None
            and self.variant.needs_xdecimate
            and self.packed.values.shape[1] > MAX_BLOCKS
        ):
            raise UserError(
                f"{self.variant} of {geometry}: xdecimate counts {MAX_BLOCKS} blocks per channel, "
                f"{MAX_BLOCKS * self.packed.m} weights; split the reduction or use another variant"
            )

    @cached_property
    def tier(self) -> Tier:
        """The cheapest exact arithmetic of the requantization, proven from these weights."""
        return self.requantization.tier(accumulator_bound(self.weights, self.bias))

    @cached_property
    def packed(self) -> Packed | None:
        """Packed weights; None when the variant is dense."""
        variant = self.variant
        if variant.m is None or variant.form is None:
            return None
        return pack(self.weights, variant.m, variant.form)

    @property
    def symbol(self) -> str:
        """Name of the kernel function."""
        return self.variant.symbol(self.tier, self.requantization.clip)

    @property
    def patch(self) -> int:
        """Bytes of an im2col buffer: the reduction, padded as the weights are."""
        if self.packed is None:
            return _round_up(self.geometry.reduction, LANES)
        return self.packed.values.shape[1] * self.packed.m

    @cached_property
    def arrays(self) -> dict[str, bytes]:
        """Constant operands by name, as they lie in memory."""
        if self.packed is None:
            rows = self.weights.reshape(self.geometry.K, -1)
            weights, indices = np.pad(rows, ((0, 0), (0, -rows.shape[1] % LANES))), b""
        else:
            weights, indices = self.packed.values, self.packed.indices.tobytes()
        records = self.requantization.records(self.bias, self.tier).astype("<i4")
        return {
            "input": self.inputs.tobytes() + bytes(OVERREAD),
            "weights": weights.tobytes(),
            "indices": indices,
            "requantization": records.tobytes(),
        }

    @cached_property
    def scratch(self) -> dict[str, int]:
        """Sizes in bytes of the arrays that the kernel writes."""
        scratch = self.variant.im2col_buffers * self.patch
        return {"output": int(np.prod(self.geometry.output_shape)), "im2col": scratch + OVERREAD}

    @property
    def weight_bytes(self) -> int:
        """Bytes of weights and indices."""
        return len(self.arrays["weights"]) + len(self.arrays["indices"])

    @property
    def size(self) -> int:
        """Bytes of all operands in L1."""
        return sum(map(len, self.arrays.values())) + sum(self.scratch.values())

    @property
    def scalars(self) -> dict[str, int]:
        """Members of the C struct that are no pointers, in its order."""
        geometry, packed = self.geometry, self.packed
        row = _round_up(geometry.reduction, LANES) if packed is None else packed.values.shape[1]
        members = {
            "lo": self.requantization.lo,
            "hi": self.requantization.hi,
            "c": geometry.C,
            "k": geometry.K,
        }
        if isinstance(geometry, LinearGeometry):
            return members | {"tokens": geometry.T, "row": row}
        names = ("IX", "IY", "OX", "OY", "FX", "FY", "SX", "SY", "PX", "PY")
        members |= {name.lower(): getattr(geometry, name) for name in names}
        return members | {"row": row, "patch": self.patch}
