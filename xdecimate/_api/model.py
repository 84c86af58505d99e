"""Models of known networks, to measure with."""

from os import PathLike
from pathlib import Path

from compiler.models.file import write_model

__all__ = ["save_model"]


def save_model(name: str, path: str | PathLike[str], *, m: int | None = None, seed: int = 1) -> None:
    """Save a known network with random weights as an int8 ONNX model, in QDQ form.

    The weights predict nothing, but activations spread as widely as those of a trained network, and cycles
    hardly depend on values. The same arguments give the same bytes.

    Parameters
    ----------
    name : str
        ``resnet18``, ``vit_small``, ``resnet8``, ``ds_cnn``, ``mobilenet``, ``autoencoder``, ``tcn``,
        ``keyword_transformer`` or ``vit_micro``.
    path : str or path
        File to write.
    m : int, optional
        Prune to 1:M, with M of 4, 8 or 16: the 3x3 convolutions behind the first of ResNets, the 1x1
        convolutions of DS-CNN and MobileNet, the feed-forward layers of transformers, the dilated
        convolutions of the TCN, and the wide layers of the autoencoder. Dense by default.
    seed : int
        Of the weights, at least 0.

    Raises
    ------
    UserError
        When there is no such network, block size or seed, the file cannot be written, or the extra
        ``compiler`` is not installed.

    Examples
    --------
    ::

        xd.save_model("resnet18", "resnet18_m16.onnx", m=16)
    """
    write_model(name, Path(path), m=m, seed=seed)
