"""Masks of N:M weights along the reduction that the kernels read: input channels innermost."""

import torch
from torch import Tensor
from torch.nn import functional


def blocks(weight: Tensor, m: int) -> Tensor:
    """The blocks of ``reference.blocks.split`` of a PyTorch weight.

    Parameters
    ----------
    weight : Tensor, shape (K, C, ...)
        Output channels, input channels of a group, and the filter.
    m : int

    Returns
    -------
    Tensor, shape (K, blocks, m)
        A last block that is not full is filled up with zeros.
    """
    rows = weight.movedim(1, -1).flatten(1)
    return functional.pad(rows, (0, -rows.shape[1] % m)).unflatten(1, (-1, m))


def mask(weight: Tensor, m: int, keep: int = 1) -> Tensor:
    """True for the ``keep`` weights of largest magnitude in each block; of equal ones the first.

    With ``keep`` of 1, it marks the weights that ``reference.blocks.prune`` keeps.
    """
    sizes = blocks(weight.detach(), m).abs()
    if keep == 1:  # a sort of large layers takes longer than their forward pass
        best = sizes.argmax(dim=2, keepdim=True)
    else:
        best = sizes.argsort(dim=2, descending=True, stable=True)[..., :keep]
    kept = torch.zeros_like(sizes, dtype=torch.bool).scatter_(2, best, True)
    length = weight[0].numel()
    moved = (weight.shape[0], *weight.shape[2:], weight.shape[1])
    return kept.flatten(1)[:, :length].unflatten(1, moved[1:]).movedim(-1, 1)
