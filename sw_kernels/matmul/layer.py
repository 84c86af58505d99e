"""Products of activations made ready for a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from common.errors import UserError
from reference.matmul import Product, matmul
from reference.quantization import Quantization
from reference.requantization import Tier
from reference.strided import strided
from sw_kernels.flat import random_codes
from sw_kernels.kernel import Arithmetic, Kernel
from sw_kernels.layer import Layer, check_array
from sw_kernels.matmul.geometry import MatmulGeometry

#: Weights of a pass of the loop of XDecmac.
PASS = 8


@dataclass(frozen=True, eq=False, kw_only=True)
class MatmulLayer(Layer):
    """A product of two activations; a is in the inputs.

    Parameters
    ----------
    second : ndarray, ``geometry.second_shape``, int8
        The array that has b.
    product : Product
        From both operands' codes to the output's.

    Raises
    ------
    UserError
        As ``Layer``, of both operands; also when an accumulator could pass int32, or the kernel has the other
        arithmetic.
    """

    geometry: MatmulGeometry
    second: np.ndarray
    product: Product

    #: The rest of a last word.
    overread: ClassVar[int] = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        check_array("second", self.second, self.geometry.second_shape, np.int8, self.geometry)
        self.product.bound(self.geometry.K)
        if self.kernel.quantizes != self.product.is_short:
            bits = 16 if self.kernel.quantizes else 31
            raise UserError(f"{self.kernel} of {self.geometry}: the kernel has {bits}-bit multipliers alone")

    @classmethod
    def random(cls, geometry: MatmulGeometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random codes and zero points, whose outputs are spread over their range."""
        rng = np.random.default_rng(seed)
        a, b = (Quantization(0.02, int(rng.integers(-20, 20))) for _ in range(2))
        out = Quantization(0.02**2 * 150 * float(np.sqrt(geometry.K)), int(rng.integers(-20, 20)))
        product = Product.short_of(a, b, out) if kernel.quantizes else Product.of(a, b, out)
        assert product is not None
        return cls(
            geometry=geometry,
            kernel=kernel,
            inputs=random_codes(rng, geometry.input_shape),
            second=random_codes(rng, geometry.second_shape),
            product=product,
        )

    def golden(self) -> np.ndarray:
        a, b = strided(self.inputs, *self.geometry.a_view), strided(self.second, *self.geometry.b_view)
        outputs = matmul(a, b, self.product)
        return np.ascontiguousarray(outputs.transpose(1, 0, 2)) if self.geometry.HI else outputs

    @property
    def arithmetic(self) -> Arithmetic:
        return {"CLIP": self.product.requantization.clip}

    @property
    def activations(self) -> dict[str, np.ndarray]:
        return super().activations | {"second": self.second}

    @property
    def constants(self) -> dict[str, bytes]:
        return {}

    @property
    def row_bytes(self) -> int:
        """Bytes of a row of K where the inner loop reads it.

        With XDecmac four rows lie side by side in words, of which there is an odd number.
        """
        return self.passes_bytes + 1 if self.kernel.quantizes else self.spaced_bytes

    @property
    def spaced_bytes(self) -> int:
        """Bytes from a row of K to the next: an odd number of words, so that rows begin in other banks."""
        return 4 * (-(-self.geometry.K // 4) | 1)

    @property
    def passes_bytes(self) -> int:
        """Bytes of a row of a in whole passes of the loop of XDecmac."""
        return -(-self.geometry.K // PASS) * PASS

    @property
    def a_pitch(self) -> int:
        """Bytes from a row of a to the next in L1, on a cluster."""
        return self.passes_bytes if self.kernel.quantizes else self.geometry.K

    @property
    def scratch_bytes(self) -> int:
        """Bytes of copies of rows of a: of four, or with XDecmac, for one core, of one."""
        return self.passes_bytes if self.kernel.quantizes else 4 * self.row_bytes

    @property
    def buffers(self) -> dict[str, int]:
        return {"buffer": -(-self.geometry.N // 4) * 4 * (4 + self.row_bytes) + self.scratch_bytes}

    @property
    def scalars(self) -> dict[str, int]:
        g, product, given = self.geometry, self.product, self.product.requantization
        if product.is_short:
            (mul, add), shift = given.records(np.zeros(1, np.int32), Tier.SHORT)[0].tolist(), 0
        else:
            _, mul, add, shift = given.records(np.zeros(1, np.int32), Tier.HIGH)[0].tolist()
        return {
            "lo": given.lo,
            "hi": given.hi,
            "mul": mul,
            "add": add,
            "shift": shift,
            "zero_a": product.zero_a,
            "zero_b": product.zero_b,
            "heads": g.H,
            "t": g.T,
            "k": g.K,
            "n": g.N,
            "row": self.row_bytes,
            "by_k": g.KN,
            "a_start": g.OA,
            "a_pitch": g.PA,
            "a_head": g.HA,
            "b_start": g.OB,
            "b_pitch": g.PB,
            "b_head": g.HB,
            "out_pitch": g.H * g.N if g.HI else g.N,
            "out_head": g.N if g.HI else g.T * g.N,
        }

    @property
    def arguments(self) -> tuple[str, ...]:
        return "buffer", "0", str(self.geometry.H * self.geometry.T)
