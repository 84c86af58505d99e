"""Recipes: epochs, rates and optimizers by network and data."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from common.errors import UserError
from compiler.models.architecture import Architecture, LayerNorm
from training.data.images import DataSet
from training.pruning.sparse import Method


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Settings of a training in three phases: dense, pruned, and with simulated quantization.

    Parameters
    ----------
    epochs : tuple of int
        Of the phases. The dense network trains in the second phase, too, so that all sparsities train
        equally long.
    rates : tuple of float
        Highest learning rate of each phase; it rises for a twentieth of the phase and then falls as a cosine.
    optimizer : str
        ``sgd`` with Nesterov's momentum of 0.9, or ``adamw``.
    decay : float
        Weight decay of a dense network; a pruned one has this times the part of its weights that is left.
    batch : int
    bfloat16 : bool
        Multiply numbers of 16 bits in the first two phases.
    """

    epochs: tuple[int, int, int]
    rates: tuple[float, float, float]
    optimizer: Literal["sgd", "adamw"] = "sgd"
    decay: float = 1e-4
    batch: int = 128
    bfloat16: bool = False


#: For a few thousand small images.
_SMALL = Recipe(epochs=(30, 20, 5), rates=(0.1, 0.05, 1e-3), batch=32)
#: For tens of thousands of images.
_LARGE = Recipe(epochs=(40, 60, 3), rates=(0.2, 0.2, 1e-3), decay=2e-4, bfloat16=True)
#: Images of training from which on a data set is large.
_MANY = 10_000


def recipe(architecture: Architecture, data: DataSet) -> Recipe:
    """The recipe for a network on a data set; transformers, which normalize layers, have their own."""
    found = _LARGE if len(data.train) >= _MANY else _SMALL
    if any(isinstance(layer, LayerNorm) for layer in architecture.layers):
        epochs = (60, 30, 5) if found is _SMALL else found.epochs
        return replace(
            found, epochs=epochs, optimizer="adamw", rates=(2e-3, 1e-3, 1e-4), decay=0.05, bfloat16=False
        )
    return found


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that the result of a training depends on, beside the images.

    Parameters
    ----------
    model, data : str
        Names of the network and the data.
    sparsity : str
        ``dense``, ``1:M`` or ``budget:POINTS``.
    seed : int
    recipe : Recipe
    method : Method
    exclude : tuple of str
        Names or patterns of layers that stay dense.
    start : str
        Hash of the dense weights that the pruning starts from; empty if they are trained here.
    threads : int
        Threads of the processor; sums of floats depend on it.
    """

    model: str
    data: str
    sparsity: str
    seed: int
    recipe: Recipe
    method: Method = Method.SR_STE
    exclude: tuple[str, ...] = ()
    start: str = ""
    threads: int = 1

    def starting(self, start: str) -> "Settings":
        """The same with dense weights of this hash."""
        return replace(self, start=start)

    @property
    def plain(self) -> dict[str, Any]:
        """Its fields as JSON has them."""
        return json.loads(json.dumps(asdict(self)))


def with_epochs(base: Recipe, epochs: str | None) -> Recipe:
    """The recipe with the epochs of a text such as ``60,30,4``; ``UserError`` if it is another."""
    if epochs is None:
        return base
    parts = epochs.split(",")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts) or int(parts[1]) < 1:
        raise UserError(
            "epochs must be three numbers, DENSE,PRUNED,QUANTIZED, the second at least 1, such as 60,30,4, "
            f"not {epochs!r}"
        )
    dense, pruned, quantized = map(int, parts)
    return replace(base, epochs=(dense, pruned, quantized))
