"""The table of docs/kernels.md: what is in the inner loops, from their rooflines."""

from itertools import groupby

from bench.roofline import Loop, loop_of
from common.markdown import table
from sw_kernels.variants import VARIANTS, Variant

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


def loops() -> str:
    """One row for each loop; several M may share one."""
    rows = []
    for (kernel, name, loop), variants in groupby(VARIANTS, _kind):
        sizes = ", ".join(str(variant.m) for variant in variants if variant.m)
        counts = [str(count) for count in (loop.instructions, loop.accesses, loop.macs)]
        rows.append([f"{kernel} `{name}`", _UNROLLING[kernel, name], sizes, *counts])
    return table(("kernel", "unrolling", "M", "instructions", "accesses to L1", "MACs"), rows)


PARTS = {"loops": loops}
