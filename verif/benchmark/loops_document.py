"""The table of docs/kernels.md: what is in the inner loops, from their rooflines."""

from itertools import groupby

from sw_kernels.variants import VARIANTS, Variant
from verif.benchmark.roofline import Loop, loop_of

_UNROLLING = {
    ("conv", "dense_4x2"): "4 filters, 2 patches",
    ("conv", "dense_1x2"): "1 filter, 2 patches",
    ("conv", "sparse_software"): "1 filter, 2 patches",
    ("conv", "sparse_xdecimate"): "1 filter, 2 patches",
    ("linear", "dense"): "2 channels",
    ("linear", "sparse_software"): "1 channel",
    ("linear", "sparse_xdecimate"): "2 channels",
}


def _kind(variant: Variant) -> tuple[str, str, Loop]:
    return variant.kernel, variant.name, loop_of(variant)


def table() -> str:
    """One row for each loop; several M may share one."""
    lines = ["| kernel | unrolling | M | instructions | accesses to L1 | MACs |", "|---" * 6 + "|"]
    for (kernel, name, loop), variants in groupby(VARIANTS, _kind):
        sizes = ", ".join(str(variant.m) for variant in variants if variant.m)
        counts = f"{loop.instructions} | {loop.accesses} | {loop.macs}"
        lines.append(f"| {kernel} `{name}` | {_UNROLLING[kernel, name]} | {sizes} | {counts} |")
    return "\n".join(lines) + "\n"


PARTS = {"loops": table}
