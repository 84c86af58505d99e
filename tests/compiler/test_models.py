"""Models of known networks: sizes, bytes, pruning, and the health of their activations."""

from math import prod

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from common.errors import UserError
from compiler.models.architecture import INPUT, Add, Linear, Relu, Sketch, Weighted
from compiler.models.model import seeded_model
from compiler.models.parameters import pruned, seeded
from compiler.models.qdq import qdq_model
from compiler.models.quantized import covering, quantized, short
from compiler.models.registry import ARCHITECTURES, architecture_named
from reference.blocks import sparsest

#: Multiply-accumulates and parameters that the sources of the networks give.
PUBLISHED = {
    "resnet18": (555.5e6, 11.22e6),
    "vit_small": (4.24e9, 21.67e6),  # the weighted layers alone; attention has the rest of 4.6e9
    "resnet8": (12.5e6, 78e3),
    "ds_cnn": (2.66e6, 22.6e3),
    "mobilenet": (7.49e6, 211e3),
    "autoencoder": (0.264e6, 266e3),
    "tcn": (10.4e6, 107e3),
    "keyword_transformer": (58.6e6, 611e3),
    "vit_micro": (3.35e6, 202e3),  # this project's own
}
SMALL = ("resnet8", "ds_cnn", "mobilenet", "autoencoder", "tcn", "keyword_transformer")


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_sizes(name: str):
    architecture = architecture_named(name)
    weighted = [layer for layer in architecture.layers if isinstance(layer, Weighted)]
    macs, parameters = PUBLISHED[name]
    assert sum(layer.macs(*architecture.inputs_of(layer)) for layer in weighted) == pytest.approx(
        macs, rel=0.01
    )
    assert sum(map(prod, architecture.parameters.values())) == pytest.approx(parameters, rel=0.01)


def test_an_unknown_network_is_refused():
    with pytest.raises(UserError, match=r"must be one of resnet18, .*, not 'resnet50'"):
        architecture_named("resnet50")


def codes(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """int8 weights by the name of their layer."""
    end = ".weight_quantized"
    tensors = model.graph.initializer
    return {t.name.removesuffix(end): numpy_helper.to_array(t) for t in tensors if t.name.endswith(end)}


@pytest.mark.parametrize("name", SMALL)
def test_files_are_valid_and_deterministic(name: str):
    model = seeded_model(name, m=8)
    onnx.checker.check_model(model, full_check=True)
    assert model.SerializeToString() == seeded_model(name, m=8).SerializeToString()
    assert model.SerializeToString() != seeded_model(name, m=8, seed=2).SerializeToString()


@pytest.mark.parametrize("name", SMALL)
def test_activations_are_spread_and_few_saturate(name: str, rng: np.random.Generator):
    model = seeded_model(name, m=4)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    names = [node.output[0] for node in model.graph.node if node.op_type == "QuantizeLinear"]
    model.graph.output.extend(onnx.ValueInfoProto(name=output) for output in names)
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    shape = architecture_named(name).input_shape
    outputs = session.run(names, {INPUT: rng.standard_normal((1, *shape)).astype(np.float32)})
    for output, values in zip(names, map(np.asarray, outputs), strict=True):
        if values.size >= 64:
            assert values.astype(float).std() > 4, output
            assert (values == 127).mean() < 0.1, output


@pytest.mark.parametrize(("name", "m"), [("resnet8", 4), ("resnet8", 8), *((name, 16) for name in SMALL)])
def test_prunable_layers_alone_obey_the_pattern(name: str, m: int):
    architecture = architecture_named(name)
    stored = codes(seeded_model(name, m=m))
    for layer in architecture.layers:
        if isinstance(layer, Weighted):
            weights = stored[layer.name]
            # Gemms of tokens hold the transposed matrix.
            if weights.shape != layer.weight_shape(architecture.inputs_of(layer)[0]):
                weights = weights.T
            found = sparsest(np.moveaxis(weights, 1, -1))
            assert found is not None and found >= m if layer.prunable else found is None, layer.name


def test_a_pruned_network_keeps_weights_of_the_dense_one():
    architecture = architecture_named("resnet8")
    dense, sparse = seeded(architecture, 1), seeded(architecture, 1, 4)
    name = "stage1.conv1.weight"
    kept = sparse[name] != 0
    assert kept.mean() == pytest.approx(1 / 4)
    signs = np.sign(dense[name][kept]) == np.sign(sparse[name][kept])
    assert signs.all()
    assert np.array_equal(dense["stem.weight"], sparse["stem.weight"])


def test_pruning_runs_along_channels():
    weights = np.zeros((1, 4, 1, 2))
    weights[0, :, 0, 0] = [1, -3, 2, 0]
    weights[0, :, 0, 1] = [0, 1, 1, -1]
    expected = np.zeros((1, 4, 1, 2))
    expected[0, 1, 0, 0], expected[0, 1, 0, 1] = -3, 1
    assert np.array_equal(pruned(weights, 4), expected)


def test_a_range_covers_zero_and_its_values():
    for values in (np.array([1.0, 7.3]), np.array([-2.0, -0.1]), np.array([-1.0, 3.0])):
        quantization = covering(values)
        assert np.abs(quantization.real(quantization.codes(values)) - values).max() <= quantization.scale
        assert quantization.real(np.array(quantization.zero)) == 0
    assert covering(np.zeros(3)).scale > 0


def test_scales_are_short():
    assert short(1 / 3) >= 1 / 3
    assert short(1 / 3) == short(1 / 3 + 1e-14)
    assert short(0.5) == 0.5
    assert np.float32(short(1 / 3)) == short(1 / 3)


def test_a_relu_is_kept_where_another_layer_reads_its_input(rng: np.random.Generator):
    net = Sketch("branching", "a branching network", (4,))
    first = net.add(Linear, "first", INPUT, channels=4)
    net.add(Add, "sum", net.relu(first), first)
    layers = list(quantized(net.architecture, seeded(net.architecture, 1), rng.standard_normal(4)))
    assert [type(made.layer) for made in layers] == [Linear, Relu, Add]
    kinds = [node.op_type for node in qdq_model(net.architecture, layers).graph.node]
    assert kinds.count("Relu") == 1


def test_parameters_must_fit():
    architecture = architecture_named("resnet8")
    parameters = seeded(architecture, 1)
    parameters["stem.bias"] = np.zeros(3, np.float32)
    with pytest.raises(ValueError, match=r"resnet8 are missing or of another shape: \['stem.bias'\]"):
        next(quantized(architecture, parameters, np.zeros(architecture.input_shape)))
