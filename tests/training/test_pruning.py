"""Pruning of PyTorch models: the groups of the packer, formats and their reasons, and training methods."""

import numpy as np
import pytest

pytest.importorskip("torch")
import torch
from torch import nn
from torch.nn.utils import parametrize

from common.errors import UserError
from compiler.models.parameters import pruned
from reference.blocks import BLOCK_SIZES, obeys
from training.pruning.formats import Format, formats, part_left, report, weight_of, weighted
from training.pruning.masks import mask
from training.pruning.sparse import Method, advance, make_permanent, make_sparse

SHAPES = [(5, 3, 3, 3), (4, 16, 3, 3), (2, 7, 5), (6, 16), (3, 17), (2, 1, 3, 3), (3, 8, 1, 1)]


def network() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 16, 3, padding=1, groups=16),
        nn.Conv2d(16, 20, 1),
        nn.Conv2d(20, 8, 3, padding=1),
        nn.Flatten(),
        nn.Linear(8 * 16, 24),
        nn.Linear(24, 10),
    )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("m", BLOCK_SIZES)
def test_masks_keep_what_the_packer_would(shape: tuple[int, ...], m: int, rng: np.random.Generator):
    """Ties included: small integers have many."""
    weight = rng.integers(-3, 4, shape).astype(np.float32)
    made = torch.tensor(weight)
    np.testing.assert_array_equal((made * mask(made, m)).numpy(), pruned(weight, m))


@pytest.mark.parametrize("keep", [2, 3])
def test_masks_of_more_weights_are_nested(keep: int, rng: np.random.Generator):
    weight = torch.tensor(rng.standard_normal((4, 9, 3, 3)).astype(np.float32))
    fewer, more = mask(weight, 8, keep - 1), mask(weight, 8, keep)
    assert bool((fewer <= more).all())
    assert int(more.sum()) > int(fewer.sum())


def test_each_layer_has_a_format_or_a_reason():
    found = {one.name: (one.m, one.reason) for one in formats(network(), 8)}
    assert found == {
        "0": (None, "stem"),
        "3": (None, "depthwise"),
        "4": (None, "1x1"),
        "5": (8, ""),
        "7": (8, ""),
        "8": (None, "classifier"),
    }


def test_short_reductions_stay_dense_by_rule():
    found = {one.name: one for one in formats(network(), 16, rules=())}
    assert found["3"].m is None
    assert found["3"].reason == "has 9 weights for each output, fewer than 16"
    assert found["4"].m == 16


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"m": 16, "only": ["3"]}, "layer 3 has 9 weights for each output, fewer than a block of 1:16"),
        ({"m": 5}, "M must be one of 4, 8, 16, not 5"),
        ({"m": 4, "exclude": ["stem"]}, "no layer is called 'stem'; the layers are 0, 3, 4, 5, 7, 8"),
        ({"m": 4, "rules": ["norm"]}, "rules must be of stem, .*, not norm"),
        ({"m": 4, "exclude": ["5", "7"]}, "no layer is left to prune to 1:4"),
    ],
)
def test_what_cannot_be_pruned_is_named(settings: dict, message: str):
    with pytest.raises(UserError, match=message):
        formats(network(), **settings)


def test_nan_is_refused():
    model = network()
    with torch.no_grad():
        weight_of(model[5])[0, 0, 0, 0] = float("nan")
    with pytest.raises(UserError, match=r"5\.weight holds a NaN or an infinity"):
        formats(model, 4)


def test_names_override_rules_and_patterns_work():
    found = {one.name: one.m for one in formats(network(), 4, only=["4", "[57]"], exclude=["7"])}
    assert found == {"0": None, "3": None, "4": 4, "5": 4, "7": None, "8": None}


@pytest.mark.parametrize("method", Method)
def test_weights_are_nm_after_training(method: Method):
    model = network()
    chosen = formats(model, 4)
    before = {name: weight_of(layer).detach().clone() for name, layer in weighted(model).items()}
    make_sparse(model, chosen, method)
    optimizer = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)
    for step in range(4):
        advance(model, step / 3)
        optimizer.zero_grad()
        model(torch.randn(4, 3, 4, 4)).square().mean().backward()
        optimizer.step()
    make_permanent(model)
    for one in report(model, chosen):
        weight = weight_of(weighted(model)[one.format.name]).detach()
        assert not torch.equal(weight, before[one.format.name])
        assert one.obeys
        if one.format.m:
            assert obeys(weight.movedim(1, -1).numpy(), 4)
            assert one.zeros >= 0.75 * one.weights


def test_surviving_weights_keep_their_pretrained_values():
    model = network()
    before = weight_of(model[5]).detach().clone()
    make_sparse(model, formats(model, 8))
    after = weight_of(model[5]).detach()
    assert torch.equal(after, before * mask(before, 8))


def test_pruned_weights_come_back_with_sr_ste_alone():
    """A pruned weight gets a gradient, and the decay of its own value."""
    for method, expected in ((Method.ONE_SHOT, 0.0), (Method.SR_STE, 1 + 2e-4 * 0.5)):
        layer = nn.Linear(4, 1, bias=False)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor([[1.0, 0.5, 0.2, 0.1]]))
        model = nn.Sequential(layer)
        make_sparse(model, formats(model, 4, only=["0"]), method)
        model(torch.ones(1, 4)).sum().backward()
        made = model.state_dict(keep_vars=True)["0.parametrizations.weight.original"].grad
        assert made[0, 0] == 1
        assert made[0, 1] == pytest.approx(expected)


def test_a_checkpoint_carries_the_masks():
    model, other = network(), network()
    for one in (model, other):
        make_sparse(one, formats(one, 8), Method.GRADUAL)
    advance(model, 1.0)
    other.load_state_dict(model.state_dict())
    assert parametrize.is_parametrized(other[5], "weight")
    assert torch.equal(weight_of(other[5]), weight_of(model[5]))
    assert int((weight_of(other[5]) != 0).sum()) == 8 * -(-9 * 20 // 8)


def test_the_part_of_weights_that_is_left():
    """A layer of 1:4 keeps a quarter of its weights, a dense one all."""
    shapes = {(8, 4, 3, 3): 4, (8, 12): None}
    chosen = [Format(name=str(shape), kind="Conv2d", shape=shape, m=m) for shape, m in shapes.items()]
    assert part_left(chosen) == (288 / 4 + 96) / (288 + 96)
    assert part_left(()) == 1
