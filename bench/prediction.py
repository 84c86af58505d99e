"""Predicted cycles beside measured ones, and the conflict factors that fit them best.

``python -m bench.prediction results/prediction.json`` measures layers on the RTL and writes the report. The
factor of a kernel is fitted to the paper's layers, to those of the networks of MLPerf Tiny, and to a few more
for operators that these leave out; other layers check it. The kernels' records hold the factors, and a test
compares them with the fit.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bench.cluster import ClusterMeasurement, measure_on_cluster
from bench.prediction_layers import CHECKED, FITTED, parsed
from common.files import write_atomically
from common.results import RESULTS, load
from hw.cluster.config import STANDARD, ClusterConfig, cluster_named
from hw.config import config_named
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import plan
from sw_kernels.cluster.program import memory_of
from sw_kernels.cluster.supply import Supply
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.linear.layer import LinearLayer
from sw_kernels.registry import kernel_named, operator_named

#: Cycles of a layer at least, to be fitted: of smaller ones other costs are too large a part.
SMALLEST_FITTED = 20_000
#: Most by which a prediction may differ, and the cycles of the layers that this holds for.
TOLERANCE, SMALLEST_CHECKED = 0.08, 100_000
#: Reports that a fit begins with: layers on clusters, and networks.
_LAYERS = (
    *("cluster_conv", "cluster_linear", "cluster_scaling", "cluster_banks"),
    *(
        f"cluster_{core}_{layer}"
        for core in ("xdecmac", "xdecmac8")
        for layer in ("conv", "conv_dense", "linear", "linear_dense")
    ),
)
_NETWORKS = ("ad01_int8", "kws_ref_model", "pretrainedResnet_quant", "str_ww_ref_model", "vww_96_int8")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A measured layer.

    Parameters
    ----------
    layer : Layer
    cluster : ClusterConfig
    cycles : int
    fits : bool
        Kernels are fitted to it if it is ``fittable``; else it checks them.
    far : set of str, optional
        Operands in L3; by default those that a benchmark of the layer alone puts there.
    """

    layer: Layer
    cluster: ClusterConfig
    cycles: int
    fits: bool
    far: Set[str] | None = None

    @property
    def kernel(self) -> Kernel:
        """The kernel that computes it."""
        return self.layer.kernel

    @cached_property
    def cut(self) -> Plan:
        """Strips and tiles of the layer."""
        return plan(self.layer, self.cluster, far=self.far or frozenset())

    @property
    def fittable(self) -> bool:
        """False for layers that are small, or meet more conflicts than the large ones of their kernel.

        Cores that take several of their own copies of tokens at once meet more often than those that read the
        same tokens or channels. Only small layers are cut so.
        """
        several = self.kernel.loop is not None and self.kernel.loop.positions > 1
        copies = isinstance(self.layer, LinearLayer) and self.cut.private > 0 and several
        return self.cycles >= SMALLEST_FITTED and not copies

    def predicted(self, conflicts: float | None = None) -> float:
        """Cycles by the kernel's conflict factor, or by another."""
        kernel, config = self.kernel, self.cluster
        layer = self.layer
        if conflicts is not None:
            layer = replace(layer, kernel=replace(kernel, conflicts=conflicts))
        walk = kernel.walk
        far = self.far
        if far is None:
            outside = memory_of(self.layer) == "l3"
            far = {*walk.operands(self.layer, self.cut), "output"} if outside else set[str]()
        return walk.cycles(layer, self.cut, config, Supply(config=config, far=far))


def _sample(row: dict[str, Any], cluster: ClusterConfig, *, fits: bool) -> Sample:
    operator = operator_named(row["operator"])
    kernel = kernel_named(operator, row["kernel"], row["m"])
    layer = kernel.random_layer(operator.geometry.parse(row["geometry"]), seed=1)
    far = frozenset(row["far"]) if "far" in row else None
    return Sample(layer=layer, cluster=cluster, cycles=row["cycles"], fits=fits, far=far)


def _cluster(config: dict[str, Any]) -> ClusterConfig:
    """The cluster of a report."""
    return replace(
        cluster_named(config["name"]), cores=config["cores"], core=config_named(config["core"]["name"])
    )


def recorded() -> Iterator[Sample]:
    """Layers of reports that other commands wrote."""
    for name in _LAYERS:
        for row in load(name)["rows"]:
            yield _sample(row, _cluster(row["config"]), fits=True)
    for path in sorted((RESULTS / "networks").glob("*.json")):
        network = load(f"networks/{path.stem}")
        for row in network["rows"]:
            yield _sample(row, _cluster(network["cluster"]), fits=path.stem in _NETWORKS)
    for folder in ("paper_networks", "xdecmac_networks"):
        for path in sorted((RESULTS / folder).glob("*.json")):
            for network in load(f"{folder}/{path.stem}")["rows"]:
                for row in network["layers"]:
                    one = row | {"cycles": row["cycles"] / row["count"]}
                    yield _sample(one, _cluster(network["config"]), fits=False)


def measured() -> list[Sample]:
    """Layers of this module's own report."""
    samples = (_sample(row, STANDARD, fits=row["fits"]) for row in load("prediction")["rows"])
    return [replace(sample, cluster=_cluster_for(sample.kernel)) for sample in samples]


def _cluster_for(kernel: Kernel) -> ClusterConfig:
    """The standard cluster, with other cores if the kernel needs them."""
    return replace(STANDARD, core=kernel.core(STANDARD.core))


def fitted(samples: Sequence[Sample]) -> dict[Kernel, float]:
    """The conflict factor of each kernel that has samples to fit, by least squares of relative errors.

    A prediction is taken for linear in the factor, which it is as long as transfers hide behind work.
    """
    terms: dict[Kernel, list[tuple[float, float]]] = defaultdict(list)
    for sample in samples:
        if sample.fits and sample.fittable:
            without = sample.predicted(0.0)
            slope = sample.predicted(1.0) - without
            terms[sample.kernel].append((slope / sample.cycles, 1 - without / sample.cycles))
    factors = {}
    for kernel, pairs in terms.items():
        slopes, rests = np.array(pairs).T
        factors[kernel] = max(0.0, float(slopes @ rests / (slopes @ slopes)) if slopes.any() else 0.0)
    return factors


def kernel_rows(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Conflict factors of the kernels: those of their records beside the fitted ones."""
    return [
        {
            "kernel": str(kernel),
            "conflicts": kernel.conflicts,
            "fitted_conflicts": round(factor, 3),
        }
        for kernel, factor in fitted(samples).items()
    ]


def report() -> dict[str, Any]:
    """Measure the layers, and predict them with the kernels' records."""
    cases = [(case, fits) for cases, fits in ((FITTED, True), (CHECKED, False)) for case in parsed(cases)]
    layers = [kernel.random_layer(geometry, seed=1) for (geometry, kernel), _ in cases]
    finished = 0

    def done() -> None:
        nonlocal finished
        finished += 1
        print(f"\r{finished} of {len(layers)} layers", end="", file=sys.stderr, flush=True)

    found: dict[Layer, ClusterMeasurement] = {}
    for config in dict.fromkeys(_cluster_for(layer.kernel) for layer in layers):
        own = [layer for layer in layers if _cluster_for(layer.kernel) == config]
        found |= zip(own, measure_on_cluster(config, own, done=done)[0], strict=True)
    results = [found[layer] for layer in layers]
    samples = [
        Sample(layer=layer, cluster=_cluster_for(layer.kernel), cycles=result.cycles, fits=fits)
        for layer, result, (_, fits) in zip(layers, results, cases, strict=True)
    ]
    rows = [
        {
            "operator": sample.kernel.operator.name,
            "kernel": sample.kernel.name,
            "m": sample.kernel.m,
            "geometry": str(sample.layer.geometry),
            "memory": result.memory,
            "cycles": sample.cycles,
            "predicted_cycles": round(sample.predicted()),
            "fits": sample.fits,
            "matches_golden": result.matches_golden,
        }
        for sample, result in zip(samples, results, strict=True)
    ]
    return {"cluster": STANDARD.as_dict(), "kernels": kernel_rows([*recorded(), *samples]), "rows": rows}


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), json.dumps(report(), indent=1) + "\n")
