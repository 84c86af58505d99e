"""Statements of the documents about results, checked against the results."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from common.results import load
from hw.cluster.config import STANDARD
from hw.config import RV32IM, XDECIMATE, XDECMAC, CoreConfig
from hw.instructions import INSTRUCTIONS
from reports import synthesis
from reports.documents import ROOT
from reports.explore import CORES
from reports.mutation import CAMPAIGNS
from reports.xdecmac_kernels import OTHERS
from sw_kernels.cluster.plan import plan
from sw_kernels.registry import kernel_named, operator_named
from xdecimate._api.explore import MARGIN


def cluster(name: str) -> dict[tuple[str, int | None, int], dict]:
    """Rows of a report of the cluster by kernel, M and number of cores."""
    return {(row["kernel"], row["m"], row["cores"]): row for row in load(f"cluster_{name}")["rows"]}


def test_200_mhz_is_not_met():
    analyses = [analysis for report in synthesis.load_all("timing") for analysis in report["analyses"]]
    assert max(found[side]["f_max_mhz"] for found in analyses for side in ("baseline", "extended")) < 200


def test_beyond_the_bound_the_orders_of_one_core_scatter_by_more():
    """An apparent cost in frequency is within synthesis noise where the orders of both cores overlap."""
    beyond: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for report in synthesis.load_all("timing"):
        unit = "XDecmac" if "xdecmac" in report["config"][1] else "XDecimate"
        for analysis in report["analyses"]:
            if analysis["path_ratio"] > 1.02:
                without, with_unit = (
                    analysis[side]["f_max_mhz_by_order"] for side in ("baseline", "extended")
                )
                assert max(without) / min(without) > analysis["path_ratio"]
                library = Path(report["target"]).name.partition("_")[0]
                beyond[max(with_unit) >= min(without)].add((library, unit))
    text = " ".join((ROOT / "docs" / "area.md").read_text().split())
    for overlap, before in ((True, "two cores also overlap"), (False, "than each order without it")):
        [named] = re.findall(rf"{before} \(([^)]*)\)", text)
        parts = [part.split(" with ") for part in named.split(", ")]
        assert beyond[overlap] == {
            (library, unit) for names, unit in parts for library in names.split(" and ")
        }


def test_xdecimate_is_on_the_longest_path_only_where_the_stall_decides_it():
    """The stall of a mapping for area, which a gate of the smallest size drives (docs/area.md)."""
    reports = [report for report in synthesis.load_all("area") if report["config"][1].endswith("xdecimate")]
    paths = [report["paths"] | {"ratio": report["path_ratio"]} for report in reports]
    through = [path for path in paths if path["through_unit"]]
    assert through
    for path in through:
        by_the_stall = path["ratio"] > 1.02 and "controller" in path["extended"]["through"]
        assert path["through_unit"]["delay"] < path["extended"]["delay"] or by_the_stall


def test_where_xdecimate_begins_the_longest_path_of_a_mapping_for_a_period():
    """In the smallest core only, whose longest path is as long without the unit."""
    beginning = []
    for report in synthesis.load_all("timing"):
        _, extended = report["config"]
        if extended.endswith("xdecimate"):
            for analysis in report["analyses"]:
                path = analysis["extended"]
                if any(path[end].startswith("decimate.") for end in ("start", "end")):
                    beginning.append((extended, Path(report["target"]).name.partition("_")[0]))
                    assert path["start"].startswith("decimate.")
                    assert analysis["path_ratio"] <= 1
    assert set(beginning) == {("rv32im+xdecimate", "sg13g2")}


def test_rv32im_reads_no_third_register():
    def readers(config: CoreConfig) -> list[str]:
        chosen = [row for row in INSTRUCTIONS if config.has(row.extension)]
        return [row.mnemonic for row in chosen if {"rd", "rs3"} & set(row.reads)]

    assert not readers(RV32IM)
    assert any("xdecimate" in name for name in readers(XDECIMATE))


def test_seeds_move_the_frequency_by_more_than_xdecimate_does():
    rows = synthesis.load("fpga_ecp5")["rows"]
    spread = max(max(row["f_max_mhz"]) - min(row["f_max_mhz"]) for row in rows)
    assert spread > abs(rows[0]["f_max_median_mhz"] - rows[1]["f_max_median_mhz"])


def test_each_seed_of_xdecmac_is_slower_than_each_without():
    without, with_unit = synthesis.load("fpga_ecp5_xdecmac")["rows"]
    assert max(with_unit["f_max_mhz"]) < min(without["f_max_mhz"])


def test_both_rows_of_xdecimate_on_an_ecp5_are_of_the_same_gates():
    last, first = synthesis.load("fpga_ecp5")["rows"][1], synthesis.load("fpga_ecp5_xdecmac")["rows"][0]
    assert last["config"] == first["config"]
    assert last["utilization"] == first["utilization"]


def test_the_core_is_smaller_than_cv32e40p():
    *real, ours = (row.split("|")[2:4] for row in synthesis.cores().splitlines()[2:])
    for published in real:
        for mine, theirs in zip(ours, published, strict=True):
            assert float(mine) < float(theirs.split()[0])


def test_bank_conflicts_are_what_xdecimate_loses_on_eight_cores():
    rows = [row for row in load("cluster_conv")["rows"] if row["kernel"] == "sparse_xdecimate"]
    losses = [
        {cause: share for cause, share in row["breakdown"].items() if cause not in ("instructions", "other")}
        for row in rows
    ]
    assert losses
    assert all(max(loss, key=loss.__getitem__) == "conflicts" for loss in losses)


def test_independent_accesses_meet_that_often():
    """Eight cores that ask for random banks of 16 until they are granted, in any order."""
    random, cores, banks, cycles = Random(1), 8, 16, 20_000
    wanted, served = [random.randrange(banks) for _ in range(cores)], 0
    for _ in range(cycles):
        taken = set()
        for core in random.sample(range(cores), cores):
            if wanted[core] not in taken:
                taken.add(wanted[core])
                wanted[core] = random.randrange(banks)
                served += 1
    [share] = re.findall(r"random banks of 16 wait in (\d+) % of", (ROOT / "docs" / "cluster.md").read_text())
    assert round(100 * (1 - served / cycles / cores)) == int(share)


def test_twice_the_banks_are_the_remedy():
    few, many = cluster("scaling"), cluster("banks")
    for m in (4, 8, 16):
        key = ("sparse_xdecimate", m, 8)
        assert many[key]["efficiency"] > 0.9 > few["sparse_xdecimate", 16, 8]["efficiency"]
        assert many[key]["breakdown"]["conflicts"] < few[key]["breakdown"]["conflicts"]


def test_cores_in_step_are_faster_than_with_twice_the_banks_for_a_tenth_of_the_area():
    alone, banks, step = (
        [row for end in ("_dense", "") for row in load(f"{name}{end}")["rows"]] for name in OTHERS
    )
    assert [row["config"]["banks"] for row in (*alone, *step)] == [16] * 8
    for before, more, less in zip(alone, banks, step, strict=True):
        assert (before["kernel"], before["m"]) == (less["kernel"], less["m"])
        assert less["cycles"] < more["cycles"] < before["cycles"]
        assert less["breakdown"]["conflicts"] < 0.02
        if before["m"]:
            assert 0.16 < before["breakdown"]["conflicts"] < 0.19
    areas = [synthesis.load(name)["baseline_ge"] for name in OTHERS.values()]
    assert areas[2] - areas[0] < (areas[1] - areas[0]) / 10


def test_three_cores_lose_to_pairs_of_pixels():
    rows = cluster("scaling")
    for kernel, m, cores in rows:
        if cores == 3:
            assert rows[kernel, m, 3]["efficiency"] < rows[kernel, m, 4]["efficiency"]


def test_dense_fc_comes_near_to_the_bus():
    rates = [
        row["dense_macs_per_cycle"] for row in load("cluster_linear")["rows"] if row["kernel"] == "dense"
    ]
    assert all(short < long for short, long in pairwise(rates))
    assert 7 < rates[-1] < 8


def test_sparse_layers_of_16_channels_take_less_than_predicted():
    [network] = [
        row
        for row in load("xdecmac_networks/resnet8")["rows"]
        if row["isa"] == XDECMAC.name and row["m"] == 16
    ]
    ratios = [
        layer["cycles"] / layer["predicted_cycles"]
        for layer in [*network["layers"], *load("prediction")["rows"]]
        if layer["kernel"] == "sparse_xdecmac" and layer["geometry"].startswith("C=16,")
    ]
    assert len(ratios) == 4
    least, most = (f"{100 * (1 - ratio):.0f}" for ratio in (max(ratios), min(ratios)))
    statement = f"16 channels take {least} to {most} % fewer cycles than predicted"
    assert statement in (ROOT / "docs" / "compiler.md").read_text()


def test_the_mutants_that_survive_are_those_explained():
    survivors = {(mutant["module"], mutant["fault"]) for mutant in load("mutation_core")["survivors"]}
    assert survivors == {("core.fetch", "const0: $126.Y[28], $signal[28]")}
    for name in CAMPAIGNS:
        if name != "mutation_core":
            assert load(name)["survivors"] == []


def explored(name: str) -> dict[tuple[str, int | None], dict]:
    """Points of a report of `xdecimate explore` by design and M."""
    return {(point["design"], point["m"]): point for point in load(f"explore/{name}")["points"]}


@pytest.mark.parametrize("name", CORES)
def test_the_fastest_core_is_the_most_frugal(name: str):
    points = explored(name)
    assert {design for (design, _), point in points.items() if "nj" in point["best"]} == {"xdecmac8"}


@pytest.mark.parametrize("name", CORES)
def test_more_positions_cost_4_percent_for_10_to_20_percent_more_speed(name: str):
    points = explored(name)
    for m in (None, 4, 8, 16):
        four, eight = points["xdecmac", m], points["xdecmac8", m]
        assert round(100 * (eight["ge"] / four["ge"] - 1)) == 4
        assert 1.1 < four["cycles"] / eight["cycles"] < 1.2


def test_sparsity_from_which_sparse_kernels_pay():
    def first(core: str) -> list[int | None]:
        reports = [explored(name) for name in CORES]
        return [next(m for m in (4, 8, 16) if "sparse" in points[core, m]["kernel"]) for points in reports]

    assert first("baseline") == [8, 16]
    assert first("xdecimate") == [4, 8]
    assert first("xdecmac") == [4, 4]


@pytest.mark.parametrize("name", CORES)
def test_xdecimate_costs_little_and_adds_nothing_for_dense_weights(name: str):
    points = explored(name)
    without, with_unit, more = (points[core, None] for core in ("baseline", "xdecimate", "xdecmac"))
    assert round(100 * (with_unit["ge"] / without["ge"] - 1), 1) == 1.8
    assert without["cycles"] == with_unit["cycles"] > more["cycles"]


def test_32_banks_are_on_no_front():
    """Cores in step are faster at every sparsity, for a tenth of the area; 16 banks are the smallest."""
    points = explored("clusters")
    small, banks, step = (
        f"standard{figures} of xdecmac" for figures in ("", ",banks=32", ",hashed_banks=1,broadcast=1")
    )
    assert {design for (design, _), point in points.items() if point["best"]} == {small, step}
    assert len({design for design, _ in points}) == 3
    costs = {design: points[design, None]["ge"] - points[small, None]["ge"] for design in (banks, step)}
    assert 0 < costs[step] < costs[banks] / 9
    for m in (None, 4, 8, 16):
        assert points[step, m]["cycles"] < points[banks, m]["cycles"] < points[small, m]["cycles"]


def test_cores_decide_and_bus_and_l1_change_little():
    sizes = explored("sizes")
    for m in (None, 4, 8, 16):
        fours, eights = (
            [
                point["cycles"]
                for (design, own), point in sizes.items()
                if own == m and is_four == ("cores=4" in design)
            ]
            for is_four in (True, False)
        )
        assert len(fours) == len(eights) == 4
        assert max(eights) < min(fours)
        assert max(fours) / min(fours) < 1.04 > max(eights) / min(eights)


def test_the_clock_takes_more_than_half_of_the_energy():
    for report in synthesis.load_all("energy_ihp-sg13g2"):
        for row in report["rows"]:
            assert row["pj_per_cycle_by_kind"]["clock"] > row["pj_per_cycle"] / 2


def test_predictions_err_by_less_than_what_exploration_allows():
    text = (ROOT / "docs" / "compiler.md").read_text()
    [rows] = re.findall(r"<!-- prediction -->(.*?)<!-- /prediction -->", text, re.DOTALL)
    ratios = [1 + float(percent) / 100 for percent in re.findall(r"([+-][\d.]+)%", rows)]
    assert max(ratios) / min(ratios) < MARGIN
    assert f"at most {MARGIN} times the least" in (ROOT / "docs" / "designs.md").read_text()


def predicted(operator: str, kernel: str, geometry: str) -> float:
    """Predicted cycles on eight cores with XDecmac."""
    chosen = operator_named(operator)
    layer = kernel_named(chosen, kernel).random_layer(chosen.geometry.parse(geometry), 1)
    return plan(layer, replace(STANDARD, core=XDECMAC)).cycles


def test_predicted_cycles_of_what_has_a_choice_of_layouts():
    """Products of ViT-Small, of 6 heads with 197 tokens, and a large depthwise filter."""
    text = " ".join((ROOT / "docs" / "compiler.md").read_text().split())
    scores = "T=197,K=64,N=197,H=6,PA=384,HA=64,PB=384,HB=64"
    values = "T=197,K=197,N=64,H=6,KN=1,HI=1,PB=384,HB=64"
    products = [
        sum(predicted("matmul", kernel, geometry) for geometry in (scores, values))
        for kernel in ("dense_xdecmac", "dense_4x4")
    ]
    filters = "I=44,F=5,S=1,P=2"
    grouped = predicted("conv", "dense_xdecmac", f"C=64,K=64,G=64,{filters}")
    alone = predicted("depthwise", "dense", f"C=64,{filters}")
    for figures, found in (
        (r"take ([\d.]+) instead of ([\d.]+) million predicted cycles", products),
        (
            r"would take ([\d.]+) million predicted cycles as a .* takes ([\d.]+) million in rows",
            [grouped, alone],
        ),
    ):
        [named] = re.findall(figures, text)
        assert list(named) == [f"{cycles / 1e6:.1f}" for cycles in found]
