"""Every cut of a layer for a cluster, in one run of its simulator."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.cluster import measure_on_cluster
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.layer import Layer


def wrong_cuts(
    layer: Layer, cuts: Sequence[Plan], config: ClusterConfig, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Cuts with which the cluster's output is not golden's, by their sizes."""
    copies = [replace(layer) for _ in cuts]
    own = {id(copy): cut for copy, cut in zip(copies, cuts, strict=True)}
    monkeypatch.setattr(type(layer.kernel.walk), "plans", lambda _, copy, config: iter([own[id(copy)]]))
    measurements, _ = measure_on_cluster(config, copies, processes=1)
    return [
        f"strips of {cut.strip} rows, tiles of {cut.tiles[0].channels} channels"
        for cut, result in zip(cuts, measurements, strict=True)
        if not (result.matches_golden and result.plan.tiles == cut.tiles and result.plan.strip == cut.strip)
    ]
