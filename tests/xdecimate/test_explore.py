"""``xdecimate explore``: which designs are best, and all commands that it refuses."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from common.results import RESULTS
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import XDECIMATE, XDECMAC
from reports.documents import ROOT
from sw_kernels.conv.kernels import CONV
from xdecimate._api.explore import Point, cases, compared
from xdecimate.commands.explore import designs_of
from xdecimate.commands.explore_plot import plot_points

from .conftest import Call, Refused

SMALL = "C=32,K=8,IX=4,IY=4,FX=3,FY=3,S=1,P=1"


def _point(design: str, cycles: int, ge: float, nj: float | None = None, m: int | None = None) -> Point:
    return Point(
        operator="conv",
        geometry=SMALL,
        m=m,
        design=design,
        kernel="any",
        cycles=cycles,
        macs=1000,
        speedup=1.0,
        ge=ge,
        nj=nj,
        matches_golden=True,
    )


def test_what_no_other_design_beats_is_best():
    points = compared(
        [
            _point("small", 100, 10),
            _point("as fast but larger", 100, 11),
            _point("fast", 50, 12),
            _point("slower and larger than fast", 60, 13),
            _point("small", 80, 10, m=4),
        ]
    )
    assert [point.best for point in points] == [("ge",), (), ("ge",), (), ("ge",)]
    assert [point.speedup for point in points] == [1.0, 1.0, 2.0, 1.667, 1.25]


def test_two_equal_designs_are_both_best():
    assert [point.best for point in compared([_point("a", 9, 9), _point("b", 9, 9)])] == [("ge",), ("ge",)]


def test_energy_is_a_cost_of_its_own():
    points = compared([_point("small", 100, 10, nj=5), _point("frugal", 100, 11, nj=4)])
    assert [point.best for point in points] == [("ge",), ("nj",)]


def test_speedups_are_over_the_first_design_with_dense_weights():
    points = [_point("a", 40, 1, m=4), _point("a", 100, 1), _point("b", 50, 2, m=4), _point("b", 80, 2)]
    assert [point.speedup for point in compared(points)] == [2.5, 1.0, 2.0, 1.25]
    assert [point.speedup for point in compared(points[::2])] == [1.0, 0.8]


def test_clusters_are_every_combination_with_every_core():
    sizes = {"cores": None, "banks": "16,32", "l1_bytes": "64k"}
    found = designs_of([XDECIMATE, XDECMAC], ["standard", "wide,hashed_banks=1"], sizes)
    assert [(design.name, design.core.name) for design in found if isinstance(design, ClusterConfig)] == [
        (f"{name},l1_bytes=65536", core)
        for name in (
            "standard",
            "standard,banks=32",
            "wide,hashed_banks=1,banks=16",
            "wide,hashed_banks=1",
        )
        for core in ("xdecimate", "xdecmac")
    ]


def test_only_kernels_that_may_be_the_fastest_run_on_clusters():
    """Others are predicted slower: the dense kernel of one position at a time, sparse ones in software."""
    geometry = CONV.geometry.parse("C=64,K=64,IX=8,IY=8,FX=3,FY=3,S=1,P=1")
    cluster = replace(STANDARD, core=XDECIMATE)
    found = cases(CONV, [geometry], cluster, (None, 4), seed=1)
    assert [(kernel.name, kernel.m) for _, kernel in found] == [("dense_4x2", None), ("sparse_xdecimate", 4)]
    on_a_core = cases(CONV, [geometry], XDECIMATE, (None, 4), seed=1)
    assert len(on_a_core) == 4


def test_without_sizes_designs_are_cores():
    sizes: dict[str, str | None] = {"cores": None, "banks": None, "l1_bytes": None}
    assert designs_of([XDECIMATE], None, sizes) == [XDECIMATE]
    [cluster] = designs_of([XDECIMATE], None, sizes | {"cores": "2"})
    assert cluster.name == "standard,cores=2"


def test_designs_of_a_core(call: Call):
    figures = "designs.json"
    options = (
        "--configs",
        "baseline,xdecimate",
        "--sparsity",
        "1:16",
        "--json",
        figures,
        "--plot",
        "designs",
    )
    done = call("explore", "conv", "--geometry", SMALL, *options)
    assert done.status == 0, done.errors
    with open(figures) as file:
        points = json.load(file)["points"]
    assert [(point["design"], point["kernel"]) for point in points] == [
        ("baseline", "sparse_software"),
        ("xdecimate", "sparse_xdecimate"),
    ]
    assert all(point["best"] == ["ge"] for point in points)
    assert points[0]["ge"] < points[1]["ge"]
    with open("designs.svg") as file:
        assert "xdecimate" in file.read()


@pytest.mark.parametrize("path", sorted((RESULTS / "explore").glob("*.json")), ids=lambda path: path.stem)
def test_plots_of_the_documents_are_of_the_committed_figures(path: Path, tmp_path: Path):
    points = [Point(**{**row, "best": tuple(row["best"])}) for row in json.loads(path.read_text())["points"]]
    assert compared(points) == points
    plot = tmp_path / f"explore_{path.stem}.svg"
    plot_points(plot, points)
    assert plot.read_text() == (ROOT / "docs" / "figures" / plot.name).read_text(), "make explore"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("explore convolution", "operator must be one of conv"),
        ("explore conv --configs nope", "configuration must be one of rv32im"),
        ("explore conv --sparsity 1:5", "--sparsity must be one of dense, 1:4, 1:8, 1:16, not '1:5'"),
        ("explore conv --cores 0", "cores must be in 1..16, not 0"),
        ("explore conv --cores two", "'cores=two' must be FIGURE=NUMBER"),
        ("explore conv --banks 3", "banks must be a power of two"),
        ("explore conv --bus 5", "bus_bytes must be 4, 8 or 16, not 5"),
        ("explore conv --l1 much", "--l1 must be"),
        ("explore conv --cluster nope", "cluster must be one of small"),
        ("explore conv --cores 2 --energy", "--energy is of cores"),
        ("explore conv --energy", "has no energies"),
        ("explore conv --period 0", "--period must be a number of ns above 0"),
        ("explore conv --plot /nowhere/x", "cannot write /nowhere/x.png"),
        ("explore conv --json .", "cannot write .: Is a directory"),
        ("explore conv --geometry C=32", "geometry"),
    ],
)
def test_bad_arguments(command: str, message: str, refused: Refused):
    assert message in refused(*command.split())
