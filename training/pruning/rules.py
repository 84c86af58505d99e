"""Layers that stay dense by rule, as in the paper: those that gain nothing, or lose accuracy."""

from collections.abc import Callable, Mapping

from torch import nn

#: Layers with weights, by name, in the order of the model.
Layers = Mapping[str, nn.Module]
WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.Linear)


def _stem(layers: Layers, name: str) -> bool:
    return name == next(iter(layers))


def _classifier(layers: Layers, name: str) -> bool:
    return name == list(layers)[-1]


def _depthwise(layers: Layers, name: str) -> bool:
    layer = layers[name]
    return isinstance(layer, nn.Conv1d | nn.Conv2d) and layer.groups == layer.in_channels > 1


def _pointwise(layers: Layers, name: str) -> bool:
    layer = layers[name]
    return isinstance(layer, nn.Conv1d | nn.Conv2d) and set(layer.kernel_size) == {1}


def _attention(layers: Layers, name: str) -> bool:
    """True for a layer inside a module that has the word for its name, as transformers call them."""
    return any(part.lower().startswith(("attn", "attention", "self_attn")) for part in name.split("."))


#: Rules by the word that a report gives as the reason; each says whether a layer stays dense.
RULES: Mapping[str, Callable[[Layers, str], bool]] = {
    "stem": _stem,
    "classifier": _classifier,
    "depthwise": _depthwise,
    "1x1": _pointwise,
    "attention": _attention,
}
