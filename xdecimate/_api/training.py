"""Networks trained, pruned and quantized, and what that cost in accuracy."""

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from common.errors import UserError
from compiler.emit import Emission
from compiler.folder.record import network_record
from compiler.models.registry import classifier
from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig
from reference.quantization import Quantization
from xdecimate._api.network import CompiledNetwork, compile

if TYPE_CHECKING:
    from training.job import Trained
    from training.trainer import Epoch

__all__ = ["Accuracy", "accuracy", "train"]


@contextmanager
def _installed() -> Iterator[None]:
    """Turn the lack of a package into a message."""
    try:
        yield
    except ImportError as error:
        raise UserError(
            f"training needs the package {error.name}; install the extra train: "
            "pip install 'xdecimate[train]'"
        ) from error


def train(
    model: str,
    data: str,
    folder: str | PathLike[str],
    *,
    sparsity: str = "dense",
    seed: int = 1,
    start: str | PathLike[str] | None = None,
    method: Literal["one_shot", "gradual", "sr_ste"] = "sr_ste",
    exclude: Collection[str] = (),
    epochs: str | None = None,
    threads: int = 1,
    config: str | CoreConfig | None = None,
    cluster: int | str | ClusterConfig | None = None,
    progress: "Callable[[Epoch], None]" = lambda epoch: None,
) -> "Trained":
    """Train a network, prune it to N:M, quantize it, and write it as an int8 ONNX model.

    The folder has a checkpoint after each epoch. The same call continues a training that was interrupted,
    with the same result. In the end it has ``model.onnx``, which ``compile`` reads, ``float.onnx``, the
    network before its quantization, ``dense.pt``, the dense weights, and the record ``training.json``.

    Parameters
    ----------
    model : str
        ``resnet8``, ``resnet18``, ``vit_micro`` or ``ds_cnn``.
    data : str
        ``digits``, ``cifar10:DIR``, ``cifar100:DIR`` or ``folder:DIR``. DIR is looked up in $XDECIMATE_DATA,
        too.
    folder : str or path
    sparsity : str
        ``dense``, ``1:4``, ``1:8``, ``1:16``, or ``budget:POINTS``: for each layer the format with which the
        network takes the fewest predicted cycles at a loss of at most that many points of accuracy.
    seed : int
        Of the first weights and the order of images.
    start : str or path, optional
        Folder of an earlier training of this network, with whose dense weights the pruning begins.
    method : str
        ``one_shot`` prunes once, by magnitude; ``gradual`` in steps; ``sr_ste`` chooses weights while it
        trains.
    exclude : collection of str
        Names of layers, or patterns such as ``stage3_*``, that stay dense.
    epochs : str, optional
        Of the three phases, such as ``40,20,3``: dense, pruned, and with simulated quantization.
    threads : int
        Threads of the processor. Sums of floating-point numbers, and so the result, depend on it.
    config, cluster
        As for ``compile``: what cycles are predicted for with a budget.
    progress : callable
        Called with each epoch that has ended.

    Returns
    -------
    Trained
        The record: ``layers`` with formats and zeros, ``dense`` and ``pruned``, accuracies in floating point.

    Raises
    ------
    UserError
        When the extra ``train`` is not installed, an argument is unknown, data are missing or damaged, the
        folder holds another training or cannot be written, or numbers are not finite. The last checkpoint
        stays.

    Examples
    --------
    ::

        trained = xd.train("resnet8", "digits", "digits_m8", sparsity="1:8")
        network = xd.compile("digits_m8/model.onnx")
    """
    with _installed():
        from training.budget import Budget
        from training.data.source import data_set
        from training.job import start_hash
        from training.job import train as train_job
        from training.pruning.sparse import Method
        from training.recipe import Settings, recipe, with_epochs
        from training.target import target
    if method not in list(Method):
        raise UserError(f"method must be one of {', '.join(Method)}, not {method!r}")
    if not isinstance(seed, int) or seed < 0:
        raise UserError(f"seed must be an integer of at least 0, not {seed!r}")
    if not isinstance(threads, int) or threads < 1:
        raise UserError(f"threads must be a positive integer, not {threads!r}")
    wanted = target(sparsity)
    with _installed():
        images = data_set(data)
    settings = Settings(
        model=model,
        data=images.name,
        sparsity=sparsity,
        seed=seed,
        recipe=with_epochs(recipe(classifier(model, images.task), images), epochs),
        method=Method(method),
        exclude=tuple(exclude),
        threads=threads,
    )
    first = None if start is None else Path(start)
    if first is not None:
        settings = settings.starting(start_hash(settings, first))
    choose = None
    if wanted.points is not None:
        choose = Budget(settings, images, wanted.points, lambda made: _cycles(made, config, cluster))
    return train_job(settings, images, Path(folder), start=first, choose=choose, reported=progress)


def check_sparsities(texts: Collection[str]) -> None:
    """Raise ``UserError`` unless all are sparsities of ``train``, or when its extra is not installed."""
    with _installed():
        from training.target import target
    for text in texts:
        target(text)


def _cycles(
    model: bytes, config: str | CoreConfig | None, cluster: int | str | ClusterConfig | None
) -> Mapping[str, float]:
    """Predicted cycles of a model file by the name of its nodes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(model)
        network = compile(path, config=config, cluster=cluster).network
    found: dict[str, float] = {}
    for step in network.steps:
        found[step.node.name] = found.get(step.node.name, 0.0) + step.cycles(network.cluster)
    return found


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Accuracy of a trained network in each of its forms, as parts of the images whose class it finds.

    Parameters
    ----------
    images : int
        Images of ``floating`` and ``int8``, by onnxruntime.
    floating : float or None
        The pruned network before its quantization; None of a model file, which has no other form.
    int8 : float
        The int8 model, by onnxruntime's reference arithmetic.
    golden_images : int
    golden : float or None
        The int8 model as compiled, by the golden models; None without images.
    agreeing : int
        Images for which the golden models find the class that onnxruntime finds.
    rtl_images, rtl_equal : int
        Images on the RTL, and those of which every byte of every layer is the golden models'.
    cycles : float or None
        Mean of the images on the RTL.
    predicted_cycles : int
    weight_bytes : int
        Weights and indices as stored.
    """

    images: int
    floating: float | None
    int8: float
    golden_images: int
    golden: float | None
    agreeing: int
    rtl_images: int
    rtl_equal: int
    cycles: float | None
    predicted_cycles: int
    weight_bytes: int


def accuracy(
    folder: str | PathLike[str],
    data: str | None = None,
    *,
    images: int | None = None,
    golden: int = 100,
    rtl: int = 0,
    config: str | CoreConfig | None = None,
    cluster: int | str | ClusterConfig | None = None,
    processes: int = 1,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Accuracy:
    """Measure the accuracy of a trained network in each of its forms, from floating point to the RTL.

    Parameters
    ----------
    folder : str or path
        That ``train`` has left, or an int8 ONNX model for images from -1 to 1, channels first.
    data : str, optional
        As for ``train``; the training's by default, if that was ``digits``. A model file needs it.
    images : int, optional
        Test images for onnxruntime, the first ones in a fixed random order; all by default.
    golden, rtl : int
        How many of them the golden models and the RTL compute.
    config, cluster
        As for ``compile``.
    processes : int
        Simulators that run side by side.
    progress : callable
        Called with the form in progress, the images done, and all.

    Raises
    ------
    UserError
        When the extra ``train`` is not installed, the folder has no training that has ended, the file is no
        such model, or the images are missing or have another shape.

    Examples
    --------
    ::

        print(xd.accuracy("digits_m8", rtl=10).int8)
    """
    with _installed():
        from training.classify import classes
        from training.data.source import data_set
        from training.job import inputs
    place = Path(folder)
    forms = _forms(place, data)
    tested = data_set(data or "digits").test
    tested = tested.drawn(len(tested) if images is None else images, 0)
    compiled = compile(forms["int8"], config=config, cluster=cluster)
    shape = compiled.input_shape
    if (*tested.pixels.shape[2:], tested.pixels.shape[1]) != shape:
        raise UserError(
            f"the network of {place} reads inputs of shape {shape}, but the images are "
            f"{(*tested.pixels.shape[2:], tested.pixels.shape[1])}; give those it was trained for"
        )
    seen = inputs(tested)
    found = {
        what: classes(path.read_bytes(), seen, lambda done, what=what: progress(what, done, len(seen)))
        for what, path in forms.items()
    }
    labels = tested.labels
    own = _golden(compiled, seen[: max(golden, 0)], lambda done, total: progress("golden", done, total))
    equal, cycles = _on_rtl(
        compiled, seen[: max(rtl, 0)], processes, lambda done, total: progress("RTL", done, total)
    )
    built = network_record(Emission(network=compiled.network), {})
    return Accuracy(
        images=len(seen),
        floating=float((found["float"] == labels).mean()) if "float" in found else None,
        int8=float((found["int8"] == labels).mean()),
        golden_images=len(own),
        golden=float((own == labels[: len(own)]).mean()) if len(own) else None,
        agreeing=int((own == found["int8"][: len(own)]).sum()),
        rtl_images=len(cycles),
        rtl_equal=equal,
        cycles=float(np.mean(cycles)) if cycles else None,
        predicted_cycles=built.predicted_cycles,
        weight_bytes=sum(step.weight_bytes for step in built.steps),
    )


def _forms(place: Path, data: str | None) -> dict[str, Path]:
    """Model files of a training by their forms; of an ONNX file, that file alone."""
    from training.job import FLOAT, INT8, read_record

    if place.suffix == ".onnx":
        if data is None:
            raise UserError(f"{place} does not say which images it was trained on; say where these lie")
        return {"int8": place}
    if place.is_file():
        raise UserError(f"{place} must be an ONNX file, *.onnx, or a folder of a training that has ended")
    trained_on = read_record(place).settings["data"]
    if data is None and trained_on != "digits":
        raise UserError(f"the network of {place} was trained on {trained_on}; say where these images lie")
    return {"float": place / FLOAT, "int8": place / INT8}


def _codes(compiled: CompiledNetwork, sample: np.ndarray) -> np.ndarray:
    """int8 codes of an input (C, H, W), channels last."""
    start = compiled.network.graph.input
    return Quantization(start.scale, start.zero).codes(sample).transpose(1, 2, 0)


def _golden(compiled: CompiledNetwork, samples: np.ndarray, done: Callable[[int, int], None]) -> np.ndarray:
    found = np.zeros(len(samples), np.int64)
    for number, sample in enumerate(samples):
        found[number] = int(compiled.golden(_codes(compiled, sample)).argmax())
        done(number + 1, len(samples))
    return found


def _on_rtl(
    compiled: CompiledNetwork,
    samples: np.ndarray,
    processes: int,
    done: Callable[[int, int], None],
) -> tuple[int, list[int]]:
    """Images that equal the golden models in every byte, and the cycles of all."""
    equal, cycles = 0, []
    for number, sample in enumerate(samples):
        result = compiled.infer(_codes(compiled, sample), processes=processes)
        equal += result.matches_golden
        cycles.append(result.cycles)
        done(number + 1, len(samples))
    return equal, cycles
