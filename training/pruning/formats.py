"""The format of each layer with weights: 1:M, or dense and why."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import torch
from torch import Tensor, nn

from common.errors import UserError
from reference.blocks import check_block_size
from training.pruning.masks import blocks
from training.pruning.rules import RULES, WEIGHTED


@dataclass(frozen=True, kw_only=True)
class Format:
    """Format of a layer's weights.

    Parameters
    ----------
    name : str
        Of the layer in its model.
    kind : str
    shape : tuple of int
        Of the weights.
    m : int or None
        They are 1:M; None if they are dense.
    reason : str
        Why they are dense: a rule's word, or a sentence; empty if they are not.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    m: int | None
    reason: str = ""


def weighted(model: nn.Module) -> dict[str, nn.Module]:
    """Layers with weights by name, in the order of the model."""
    return {name: layer for name, layer in model.named_modules() if isinstance(layer, WEIGHTED)}


def weight_of(layer: nn.Module) -> Tensor:
    """The weights of a layer as it computes with them."""
    weight = layer.weight
    assert isinstance(weight, Tensor)
    return weight


def formats(
    model: nn.Module,
    m: int | None,
    *,
    only: Sequence[str] = (),
    exclude: Sequence[str] = (),
    rules: Collection[str] = tuple(RULES),
) -> tuple[Format, ...]:
    """Choose the format of each layer.

    Parameters
    ----------
    model : Module
    m : int or None
        Prune to 1:M; None leaves all layers dense.
    only : sequence of str
        Names of layers to prune, or patterns such as ``layer3.*``; no rule applies to them.
    exclude : sequence of str
        Names or patterns of layers that stay dense.
    rules : collection of str
        Rules of ``rules.RULES`` that apply.

    Raises
    ------
    UserError
        When M or a rule is unknown, a name fits no layer, weights are not finite, a named layer has a
        reduction of fewer than M weights, or no layer is left to prune.
    """
    layers = weighted(model)
    if not layers:
        raise UserError("the model has no Conv1d, Conv2d or Linear layer; give a model that has weights")
    if m is not None:
        check_block_size(m)
    if unknown := sorted(set(rules) - set(RULES)):
        raise UserError(f"rules must be of {', '.join(RULES)}, not {', '.join(unknown)}")
    for pattern in (*only, *exclude):
        if not any(fnmatchcase(name, pattern) for name in layers):
            raise UserError(f"no layer is called {pattern!r}; the layers are {', '.join(layers)}")
    check_finite(model)
    made = []
    for name, layer in layers.items():
        reason, length = "", weight_of(layer)[0].numel()
        named = any(fnmatchcase(name, pattern) for pattern in only)
        if m is None:
            reason = "no sparsity was asked for"
        elif any(fnmatchcase(name, pattern) for pattern in exclude):
            reason = "excluded by name"
        elif only and not named:
            reason = "not among the named layers"
        elif named and length < m:
            raise UserError(
                f"layer {name} has {length} weights for each output, fewer than a block of 1:{m}; leave the "
                "layer dense or choose a smaller M"
            )
        elif not named:
            reason = next((rule for rule in rules if RULES[rule](layers, name)), "")
            if not reason and length < m:
                reason = f"has {length} weights for each output, fewer than {m}"
        made.append(
            Format(
                name=name,
                kind=type(layer).__name__.removeprefix("Parametrized"),
                shape=tuple(weight_of(layer).shape),
                m=None if reason else m,
                reason=reason,
            )
        )
    if m is not None and all(made_one.m is None for made_one in made):
        reasons = "\n".join(f"  {one.name}: {one.reason}" for one in made)
        raise UserError(f"no layer is left to prune to 1:{m}; apply fewer rules, or name layers:\n{reasons}")
    return tuple(made)


def part_left(chosen: Sequence[Format]) -> float:
    """Part of all weights that these formats keep, 0 to 1; 1 without formats."""
    counts = [math.prod(one.shape) for one in chosen]
    left = sum(count / (one.m or 1) for count, one in zip(counts, chosen, strict=True))
    return left / sum(counts) if counts else 1.0


def check_finite(model: nn.Module) -> None:
    """Raise ``UserError`` naming the first parameter or statistic that holds a NaN or an infinity."""
    for name, values in model.state_dict().items():
        if not bool(torch.isfinite(values).all()):
            raise UserError(
                f"{name} holds a NaN or an infinity; train with a smaller learning rate, or give a model "
                "whose parameters are finite"
            )


@dataclass(frozen=True, kw_only=True)
class LayerReport:
    """A layer's format and what its weights are.

    Parameters
    ----------
    format : Format
    weights, zeros : int
    obeys : bool
        True if no block of its format has more than one weight that is not 0; a dense layer obeys.
    """

    format: Format
    weights: int
    zeros: int
    obeys: bool

    @property
    def row(self) -> Mapping[str, object]:
        """Entries of a JSON object."""
        one = self.format
        return {
            "layer": one.name,
            "kind": one.kind,
            "shape": list(one.shape),
            "sparsity": f"1:{one.m}" if one.m else "dense",
            "why dense": one.reason,
            "weights": self.weights,
            "zeros": self.zeros,
        }


def report(model: nn.Module, chosen: Sequence[Format]) -> tuple[LayerReport, ...]:
    """Count the zeros of each layer."""
    layers = weighted(model)
    made = []
    for one in chosen:
        weight = weight_of(layers[one.name]).detach()
        used = 0 if one.m is None else int((blocks(weight, one.m) != 0).sum(dim=2).max())
        made.append(
            LayerReport(format=one, weights=weight.numel(), zeros=int((weight == 0).sum()), obeys=used <= 1)
        )
    return tuple(made)
