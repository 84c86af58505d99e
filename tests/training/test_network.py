"""Networks of PyTorch compute what the architectures say."""

import numpy as np
import pytest

pytest.importorskip("torch")
import torch

from compiler.models.architecture import CIFAR10, DIGITS, INPUT, KEYWORDS, Softmax, Task
from compiler.models.forward import forward
from compiler.models.parameters import seeded
from compiler.models.registry import CLASSIFIERS
from training.network import Network, module_name

#: A parameter of an architecture by its name in PyTorch.
NAMES = {"gain": "weight"}


@pytest.mark.parametrize(
    ("name", "task"),
    [("resnet8", DIGITS), ("resnet8", CIFAR10), ("vit_micro", DIGITS), ("ds_cnn", KEYWORDS)],
    ids=lambda value: value.title if isinstance(value, Task) else value,
)
def test_outputs_are_the_architectures(name: str, task: Task):
    """Fresh batch normalization divides by the root of 1.00001."""
    architecture = CLASSIFIERS[name](task)
    parameters = seeded(architecture, 1)
    network = Network(architecture).eval()
    state = network.state_dict()
    for full, values in parameters.items():
        layer, _, own = full.rpartition(".")
        place = f"{layer.replace('.', '_')}.{NAMES.get(own, own)}"
        state[place] = torch.from_numpy(values).reshape(state[place].shape)
    network.load_state_dict(state)
    sample = np.random.default_rng(1).standard_normal(task.input_shape)
    seen = {INPUT: sample}
    for layer in architecture.layers:
        own = {
            key.rpartition(".")[2]: v for key, v in parameters.items() if key.rpartition(".")[0] == layer.name
        }
        if not isinstance(layer, Softmax) or layer is not architecture.layers[-1]:
            last = seen[layer.name] = forward(layer, own, *(seen[one] for one in layer.inputs))
    with torch.no_grad():
        found = network(torch.from_numpy(sample).float()[None])[0].numpy()
    np.testing.assert_allclose(found, last, rtol=2e-3, atol=2e-3)


def test_modules_are_named_after_layers():
    network = Network(CLASSIFIERS["resnet8"](DIGITS))
    assert network.prunable == [f"stage{stage}_conv{conv}" for stage in (1, 2, 3) for conv in (1, 2)]
    names = dict(network.named_modules())
    assert all(module_name(layer) in names for layer in network.layers if layer.name == "stem")
