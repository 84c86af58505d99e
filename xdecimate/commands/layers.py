"""Layers of a compiled network as rows of a report."""

from compiler.network import Step


def layer_row(step: Step) -> dict[str, object]:
    """Facts of a layer that are known before it runs."""
    layer = step.layer
    return {
        "layer": step.node.name,
        "operator": layer.kernel.operator.name,
        "kernel": layer.kernel.name,
        "m": layer.kernel.m,
        "geometry": str(layer.geometry),
        "macs": layer.geometry.macs,
        "predicted_cycles": round(step.plan.cycles),
    }
