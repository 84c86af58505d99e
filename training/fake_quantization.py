"""Quantization simulated in training, so that weights adapt to it."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.ao.quantization import (
    FakeQuantize,
    MovingAverageMinMaxObserver,
    PerChannelMinMaxObserver,
)
from torch.ao.quantization.observer import ObserverBase
from torch.nn.utils import parametrize
from torch.utils.hooks import RemovableHandle

from training.pruning.formats import weighted

_CODES = "input_codes"


def _fake(observer: type[ObserverBase], lowest: int, **settings: Any) -> FakeQuantize:
    return FakeQuantize(observer, quant_min=lowest, quant_max=127, dtype=torch.qint8, **settings)


def simulate(model: nn.Module) -> list[RemovableHandle]:
    """Round weights and inputs of all layers to the codes of onnxruntime's quantizer from now on.

    Weights are symmetric for each output channel; inputs have one scale and a zero point.
    """
    handles = []
    for layer in weighted(model).values():
        codes = _fake(PerChannelMinMaxObserver, -127, qscheme=torch.per_channel_symmetric, ch_axis=0)
        parametrize.register_parametrization(layer, "weight", codes)
        seen = _fake(MovingAverageMinMaxObserver, -128, qscheme=torch.per_tensor_affine)
        layer.add_module(_CODES, seen)
        handles.append(layer.register_forward_pre_hook(_quantize_inputs))
    return handles


def _quantize_inputs(layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (getattr(layer, _CODES)(inputs[0]),)


def end_simulation(model: nn.Module, handles: list[RemovableHandle]) -> None:
    """Leave inputs as they are again; weights keep the codes that they were rounded to."""
    for handle in handles:
        handle.remove()
    for layer in weighted(model).values():
        delattr(layer, _CODES)
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)
