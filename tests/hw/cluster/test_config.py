"""Named clusters: names, other figures, what cannot be, and a layer on each."""

import pickle
from dataclasses import replace

import pytest

import xdecimate as xd
from bench.cluster import measure_on_cluster
from hw.cluster.config import CLUSTERS, SMALL, STANDARD, WIDE, ClusterConfig, cluster_named
from hw.config import BASELINE
from sw_kernels.registry import operators, select
from tests.clusters import IN_STEP, THREE_CORES

#: The kernels whose activations the walks move.
MOVED = [kernel for operator in operators() for kernel in select(operator) if kernel.runs_on(STANDARD.core)]


def test_a_name_gives_its_configuration():
    for name, config in CLUSTERS.items():
        assert config.name == name
        assert cluster_named(name) == config
    assert ClusterConfig() == STANDARD


def test_another_process_gets_an_equal_configuration():
    """It would elaborate the design for each unit of work otherwise, to find the model."""
    for config in CLUSTERS.values():
        copy = pickle.loads(pickle.dumps(config))
        assert copy == config
        assert hash(copy) == hash(config)


def test_figures_behind_a_name():
    config = cluster_named("small,banks=16,cores=2")
    assert (config.banks, config.cores, config.l1_bytes) == (16, 2, SMALL.l1_bytes)
    assert config.name == "small,banks=16,cores=2"
    assert cluster_named(config.name) == config
    assert cluster_named("small,cores=4").name == "small"


def test_a_row_holds_every_figure():
    config = ClusterConfig(core=BASELINE, max_consecutive_grants=1)
    figures = config.as_dict()
    absent = {"hashed_banks", "broadcast"}
    assert figures.keys() == vars(STANDARD).keys() - absent
    assert IN_STEP.as_dict().keys() == vars(STANDARD).keys()
    assert all(ClusterConfig.from_dict(one.as_dict()) == one for one in (config, IN_STEP))
    assert figures["max_consecutive_grants"] == 1
    assert figures["core"] == {
        "name": "baseline",
        "extensions": ["m", "c", "xcvmem", "xcvhwlp", "xcvalu", "xcvbitmanip", "xcvmac", "xcvsimd"],
        "mtvec_reset": 0,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cluster must be one of small, standard, wide, not ''"),
        ("small,", "'' must be FIGURE=NUMBER, with FIGURE one of cores, l1_bytes, banks"),
        ("small,name=3", "'name=3' must be FIGURE=NUMBER"),
        ("small,core=3", "'core=3' must be FIGURE=NUMBER"),
        ("small,banks=-8", "'banks=-8' must be FIGURE=NUMBER"),
        ("small,banks=8,banks=8", "gives banks twice"),
        ("small,bus_bytes=5", "bus_bytes must be 4, 8 or 16, not 5"),
        ("small,broadcast=2", "broadcast must be 0 or 1, not 2"),
    ],
)
def test_clusters_that_cannot_be(text: str, message: str):
    with pytest.raises(ValueError, match=message):
        cluster_named(text)


#: The named clusters on which no other test runs a layer of every operator. Two cores of the wide one see its
#: banks and its bus, and their simulator is built in half the time; their banks are hashed, as nowhere else.
NARROWED = {SMALL.name: SMALL, WIDE.name: IN_STEP}


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in CLUSTERS if name != STANDARD.name])
def test_a_layer_of_every_operator_on_each(name: str):
    layers = [kernel.random_layer(kernel.operator.odd, seed=1) for kernel in MOVED if kernel.m in (None, 8)]
    measurements, _ = measure_on_cluster(NARROWED[name], layers)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)


@pytest.mark.long
def test_a_new_cluster_is_one_line(monkeypatch: pytest.MonkeyPatch):
    """The line is an entry of CLUSTERS; API, Verilog and programs know it then."""
    tiny = replace(cluster_named(THREE_CORES), name="tiny")
    monkeypatch.setitem(CLUSTERS, tiny.name, tiny)
    assert xd.cluster_config("tiny") == tiny
    verilog = xd.verilog(top="cluster", cluster="tiny")
    assert [f" element{core} (" in verilog for core in range(4)] == [True, True, True, False]
    layers = [kernel.random_layer(kernel.operator.odd, seed=2) for kernel in MOVED if kernel.m in (None, 4)]
    measurements, _ = measure_on_cluster(tiny, layers, processes=1)
    assert [result.matches_golden for result in measurements] == [True] * len(layers)
