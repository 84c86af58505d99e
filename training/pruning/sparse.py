"""Weights that stay N:M during training, as parametrizations of PyTorch."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from training.pruning.formats import Format, weighted
from training.pruning.masks import mask


class Method(StrEnum):
    """Schedule of the pruning, and fate of the pruned weights.

    ``one_shot`` prunes once, by magnitude, and trains what is left. ``gradual`` keeps fewer and fewer weights
    of each block (Zhu and Gupta, arXiv 1710.01878). ``sr_ste`` chooses them at each step, also among the
    pruned ones, whose gradients pass and which decay (Zhou et al., arXiv 2102.04010).
    """

    ONE_SHOT = "one_shot"
    GRADUAL = "gradual"
    SR_STE = "sr_ste"


#: Decay of the pruned weights in SR-STE, the value of its authors.
DECAY = 2e-4


class _Refined(torch.autograd.Function):
    """Masked weights whose gradients pass to all, plus the decay of the pruned ones."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, kept: Tensor, decay: float) -> Tensor:
        ctx.save_for_backward(weight, kept)
        ctx.decay = decay
        return weight * kept

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        weight, kept = ctx.saved_tensors
        return gradients[0] + ctx.decay * ~kept * weight, None, None


class Sparse(nn.Module):
    """Parametrization that masks a weight.

    Parameters
    ----------
    weight : Tensor
        Its dense weights, which choose the first mask.
    m : int
    method : Method
    """

    mask: Tensor

    def __init__(self, weight: Tensor, m: int, method: Method) -> None:
        super().__init__()
        self.m, self.method = m, method
        first = torch.ones_like(weight, dtype=torch.bool) if method is Method.GRADUAL else mask(weight, m)
        self.register_buffer("mask", first)

    def forward(self, weight: Tensor) -> Tensor:
        if self.method is not Method.SR_STE:
            return weight * self.mask
        return _Refined.apply(weight, mask(weight, self.m), DECAY)

    def advance(self, weight: Tensor, progress: float) -> None:
        """Choose the mask of a part of the training, 0 to 1; sparsity grows as a cubic."""
        if self.method is Method.GRADUAL:
            final = 1 - 1 / self.m
            sparsity = final * (1 - (1 - min(progress, 1.0)) ** 3)
            self.mask.copy_(mask(weight * self.mask, self.m, max(1, round(self.m * (1 - sparsity)))))


def make_sparse(model: nn.Module, chosen: Sequence[Format], method: Method = Method.ONE_SHOT) -> None:
    """Keep the weights of layers N:M from now on; those that are not pruned keep their values."""
    layers = weighted(model)
    for one in chosen:
        if one.m is not None:
            layer = layers[one.name]
            weight = cast(Tensor, layer.weight)
            parametrize.register_parametrization(layer, "weight", Sparse(weight.detach(), one.m, method))


def advance(model: nn.Module, progress: float) -> None:
    """Prune gradually: ``progress`` is the part of the pruning that is over, 0 to 1."""
    for layer in weighted(model).values():
        if parametrize.is_parametrized(layer, "weight"):
            made = cast(Any, layer).parametrizations.weight
            for one in made:
                if isinstance(one, Sparse):
                    one.advance(made.original.detach(), progress)


def make_permanent(model: nn.Module) -> None:
    """Replace parametrized weights by their values."""
    for layer in weighted(model).values():
        if parametrize.is_parametrized(layer, "weight"):
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)
