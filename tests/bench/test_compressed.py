"""Records of kernels against what compressed instructions were measured to cost."""

from bench.compressed import TOLERANCE, geometry_of, recorded
from sw_kernels.registry import KERNELS

#: Cycles of a layer around a kernel that is not compressed.
AROUND = 1


def test_records_are_as_measured():
    """Run ``make compressed`` after a kernel or its record has changed."""
    rows = recorded()
    assert [(row.operator, row.kernel, row.m, row.geometry, row.compressed) for row in rows] == [
        (kernel.operator.name, kernel.name, kernel.m, str(geometry_of(kernel)), kernel.compressed)
        for kernel in KERNELS
    ]
    assert all(build.matches_golden for row in rows for build in (row.plain, row.all_compressed, row.chosen))


def test_programs_as_built_lose_few_cycles_and_are_smaller():
    for row in recorded():
        if row.compressed:
            assert row.cost <= TOLERANCE
        else:
            assert row.chosen.cycles - row.plain.cycles <= AROUND
        assert row.chosen.code_bytes < row.plain.code_bytes
