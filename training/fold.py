"""Batch normalization folded into the layers before it."""

import copy

from torch import nn
from torch.fx.experimental import optimization
from torch.fx.proxy import TraceError

from common.errors import UserError

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def fold(model: nn.Module) -> nn.Module:
    """A copy in evaluation mode, with each batch normalization folded into the convolution before it.

    A folded weight is the weight times one factor for each output channel, so that zeros stay.

    Raises
    ------
    UserError
        When the model cannot be traced, or a normalization does not follow a convolution.
    """
    if not any(isinstance(module, _NORMS) for module in model.modules()):
        return copy.deepcopy(model).eval()
    try:
        folded = optimization.fuse(model.eval())
    except TraceError as error:
        raise UserError(
            f"the model cannot be traced to fold its batch normalization: {error}; remove control flow that "
            "depends on values from its forward function"
        ) from error
    if left := [name for name, module in folded.named_modules() if isinstance(module, _NORMS)]:
        raise UserError(
            f"{', '.join(left)} cannot be folded, because no convolution is directly before; place batch "
            "normalization behind convolutions"
        )
    return folded
