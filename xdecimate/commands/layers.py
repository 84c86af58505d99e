"""Layers of a compiled network as rows of a report."""

from compiler.folder.record import StepRecord


def layer_row(layer: StepRecord) -> dict[str, object]:
    """Facts of a layer that are known before it runs."""
    return {
        "layer": layer.name,
        "operator": layer.operator,
        "kernel": layer.kernel,
        "m": layer.m,
        "geometry": layer.geometry,
        "macs": layer.macs,
        "predicted_cycles": layer.predicted_cycles,
    }
