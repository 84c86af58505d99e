"""The kernels there are."""

from dataclasses import dataclass
from pathlib import Path

from common.errors import UserError
from reference.requantization import Clip, Tier
from sw_kernels.header import FOLDER
from sw_kernels.packing.blocks import BLOCK_SIZES
from sw_kernels.packing.packed import Format


@dataclass(frozen=True)
class Variant:
    """One kernel, for one block size where it is sparse.

    Parameters
    ----------
    kernel : str
        ``conv`` or ``linear``: what it computes.
    name : str
        How: ``dense_4x2``, ``sparse_xdecimate``, ...
    m : int or None
        Block size; None when dense.
    form : Format or None
        Packed format of its weights; None when dense.
    """

    kernel: str
    name: str
    m: int | None = None
    form: Format | None = None

    @property
    def needs_xdecimate(self) -> bool:
        """Whether it needs a core with the instruction."""
        return self.form in (Format.CONV, Format.LINEAR)

    @property
    def im2col_buffers(self) -> int:
        """Scratch memory of a core, in patches."""
        if self.kernel != "conv":
            return 0
        return 3 if self.form is Format.SOFTWARE else 2

    @property
    def source(self) -> Path:
        """The C file."""
        return FOLDER / self.kernel / f"{self.name}.c"

    def defines(self, tier: Tier, clip: Clip) -> dict[str, str]:
        """What the source is compiled with."""
        return {"TIER": tier, "CLIP": clip} | ({"M": str(self.m)} if self.m else {})

    def symbol(self, tier: Tier, clip: Clip, part: str = "") -> str:
        """Name of the C function, or of a step of it, as include/layer.h composes it."""
        name = "_".join(filter(None, (self.kernel, self.name, part)))
        block = f"_m{self.m}" if self.m else ""
        return f"{name}{block}_{tier}_{clip}"

    def __str__(self) -> str:
        return f"{self.kernel} {self.name}" + (f" m{self.m}" if self.m else "")


VARIANTS: tuple[Variant, ...] = (
    Variant("conv", "dense_4x2"),
    Variant("conv", "dense_1x2"),
    *(Variant("conv", "sparse_software", m, Format.SOFTWARE) for m in BLOCK_SIZES),
    *(Variant("conv", "sparse_xdecimate", m, Format.CONV) for m in BLOCK_SIZES),
    Variant("linear", "dense"),
    *(Variant("linear", "sparse_software", m, Format.SOFTWARE) for m in BLOCK_SIZES),
    *(Variant("linear", "sparse_xdecimate", m, Format.LINEAR) for m in BLOCK_SIZES),
)

KERNELS = tuple(dict.fromkeys(variant.kernel for variant in VARIANTS))


def select(kernel: str, name: str | None = None, m: int | None = None) -> tuple[Variant, ...]:
    """The variants of a kernel, all or only those of one name, one block size or both.

    A block size leaves the dense variants in unless a name says otherwise.

    Raises
    ------
    UserError
        When the kernel, the name or M is unknown, or nothing has both.
    """
    if kernel not in KERNELS:
        raise UserError(f"kernel must be one of {', '.join(KERNELS)}, not {kernel!r}")
    known = tuple(dict.fromkeys(v.name for v in VARIANTS if v.kernel == kernel))
    if name is not None and name not in known:
        raise UserError(f"variant of {kernel} must be one of {', '.join(known)}, not {name!r}")
    if m is not None and m not in BLOCK_SIZES:
        raise UserError(f"M must be one of {', '.join(map(str, BLOCK_SIZES))}, not {m}")
    chosen = [v for v in VARIANTS if v.kernel == kernel and name in (None, v.name)]
    return tuple(v for v in chosen if m is None or v.m in (None, m))


def variant_named(kernel: str, name: str, m: int | None = None) -> Variant:
    """The one variant with this name and block size; ``UserError`` as in ``select``, or when M is missing."""
    matches = [v for v in select(kernel, name, m) if v.m == m]
    if not matches:
        wanted = "needs M, one of 4, 8, 16" if m is None else f"is dense and takes no M, not {m}"
        raise UserError(f"variant {name} of {kernel} {wanted}")
    return matches[0]
