"""``make bench`` writes the reports that the documents are made from, and these are of its commands."""

import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bench import paper
from bench.rows import cases_of
from common.results import load
from hw.cluster.config import STANDARD, ClusterConfig, cluster_named
from hw.config import XDECIMATE, CoreConfig, config_named
from reports.documents import ROOT
from sw_kernels.registry import operator_named, runnable

RECORDED = {
    path.stem
    for path in (ROOT / "results").glob("*.json")
    if re.fullmatch(
        "((cluster(_xdecmac8?)?|xdecmac8?)_)?(conv|linear|scaling|banks|step)(_dense)?", path.stem
    )
}


def commands() -> dict[str, list[str]]:
    """The commands of ``make bench`` by the report that each writes."""
    dry = subprocess.run(
        ["make", "--dry-run", "--always-make", "bench"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    found = [shlex.split(line) for line in re.findall(r"; (xdecimate bench .*?); status", dry)]
    return {Path(words[words.index("--json") + 1]).stem: words for words in found}


def option(words: list[str], name: str, default: str) -> str:
    return words[words.index(name) + 1] if name in words else default


def test_it_writes_each_report_once():
    assert commands().keys() == RECORDED
    assert len(RECORDED) == 22


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_the_recorded_rows_are_of_its_command(name: str):
    words = commands()[name]
    operator, geometry = operator_named(words[2]), option(words, "--geometry", "")
    geometries = paper.GEOMETRIES[operator] if geometry == "paper" else [operator.geometry.parse(geometry)]
    cores = [int(count) for count in option(words, "--cores", "1").split(",")]
    core = config_named(option(words, "--config", XDECIMATE.name))
    kernels = runnable(operator, core, option(words, "--kernel", "") or None)
    configs: list[CoreConfig | ClusterConfig] = [core]
    if "--cores" in words:
        cluster = option(words, "--cluster", STANDARD.name)
        configs = [replace(cluster_named(f"{cluster},cores={count}"), core=core) for count in cores]
    rows = load(name)["rows"]
    assert [(row["cores"], row["geometry"], row["kernel"], row["m"]) for row in rows] == [
        (count, str(layer), kernel.name, kernel.m)
        for count in cores
        for layer, kernel in cases_of(geometries, kernels)
        if kernel in kernels
    ]
    assert [row["config"] for row in rows] == [
        config.as_dict() for config in configs for _ in range(len(rows) // len(configs))
    ]


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_report_holds_nothing_that_time_decides(name: str):
    assert load(name).keys() == {"rows"}
