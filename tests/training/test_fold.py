"""Batch normalization folded: the same outputs, and zeros that stay."""

import pytest

pytest.importorskip("torch")
import torch
from torch import nn

from common.errors import UserError
from training.fold import fold
from training.pruning.formats import formats, weight_of, weighted
from training.pruning.sparse import make_permanent, make_sparse


def normalized(*behind: nn.Module) -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(4, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), *behind)


def test_outputs_and_zeros_stay():
    model = normalized(nn.Conv2d(8, 8, 3, groups=2), nn.BatchNorm2d(8))
    make_sparse(model, formats(model, 4, only=["0", "3"]))
    for _ in range(3):
        model(torch.randn(8, 4, 6, 6) + 1)
    make_permanent(model)
    zeros = {name: weight_of(layer) == 0 for name, layer in weighted(model).items()}
    folded = fold(model)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    inputs = torch.randn(8, 4, 6, 6)
    torch.testing.assert_close(folded(inputs), model.eval()(inputs))
    for name, layer in weighted(folded).items():
        assert torch.equal(weight_of(layer) == 0, zeros[name])


def test_a_norm_behind_no_convolution_is_named():
    model = nn.Sequential(nn.ReLU(), nn.BatchNorm2d(4))
    with pytest.raises(UserError, match="1 cannot be folded, because no convolution is directly before"):
        fold(model)


def test_control_flow_is_refused():
    class Branches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm2d(4)

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return self.norm(inputs) if inputs.sum() > 0 else inputs

    with pytest.raises(UserError, match="the model cannot be traced to fold its batch normalization"):
        fold(Branches())
