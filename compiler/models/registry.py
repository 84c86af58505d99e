"""The architectures by name."""

from collections.abc import Callable

from common.errors import UserError
from compiler.models.architecture import Architecture, Task
from compiler.models.autoencoder import autoencoder
from compiler.models.ds_cnn import ds_cnn
from compiler.models.keyword_transformer import keyword_transformer
from compiler.models.mobilenet import mobilenet
from compiler.models.resnet8 import resnet8
from compiler.models.resnet18 import resnet18
from compiler.models.tcn import tcn
from compiler.models.vit_micro import vit_micro
from compiler.models.vit_small import vit_small

#: What makes each architecture, the paper's networks first.
ARCHITECTURES: dict[str, Callable[[], Architecture]] = {
    make.__name__: make
    for make in (
        resnet18,
        vit_small,
        resnet8,
        ds_cnn,
        mobilenet,
        autoencoder,
        tcn,
        keyword_transformer,
        vit_micro,
    )
}
#: Those that classify any images.
CLASSIFIERS: dict[str, Callable[[Task], Architecture]] = {
    make.__name__: make for make in (resnet8, resnet18, vit_micro, ds_cnn)
}


def classifier(name: str, task: Task) -> Architecture:
    """The architecture of this name for a task.

    Raises ``UserError`` when there is none that classifies any images, or it cannot have such images.
    """
    if name not in CLASSIFIERS:
        raise UserError(f"the network must be one of {', '.join(CLASSIFIERS)}, not {name!r}")
    try:
        return CLASSIFIERS[name](task)
    except (ValueError, ZeroDivisionError) as error:
        raise UserError(
            f"{name} cannot be made for images of shape {task.input_shape}: {error}; use larger images or "
            "another network"
        ) from error


def architecture_named(name: str) -> Architecture:
    """The architecture of a name; ``UserError`` lists those there are."""
    if name not in ARCHITECTURES:
        raise UserError(f"the network must be one of {', '.join(ARCHITECTURES)}, not {name!r}")
    return ARCHITECTURES[name]()
