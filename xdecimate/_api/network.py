"""Networks compiled, saved, loaded and run."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np

from bench.composed import predicted_cycles, run_composed
from bench.host import run_on_host
from bench.inference import Inference, LayerError, LayerResult
from bench.network import run_folder
from common.errors import UserError
from compiler.budget import Budget
from compiler.compile import compile_graph
from compiler.folder.content import folder_content
from compiler.folder.read import NetworkFolder, read_folder
from compiler.folder.write import cached_folder, check_folder, write_folder
from compiler.importer.read import read_model
from compiler.network import Network
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import CoreConfig
from sw_kernels.registry import KERNELS
from xdecimate._api.configuration import byte_size, cluster_config, core_config

__all__ = ["CompiledNetwork", "Inference", "LayerError", "LayerResult", "SavedNetwork", "compile", "load"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SavedNetwork:
    """The folder of a compiled network; ``load`` makes it.

    Attributes
    ----------
    folder : NetworkFolder
        Its place, and what network.json says: layers with kernels and predicted cycles, memory.
    """

    folder: NetworkFolder

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of an input, without the batch."""
        return self.folder.record.input.shape

    def golden(self, inputs: np.ndarray) -> np.ndarray:
        """The output by NumPy, int8.

        Parameters
        ----------
        inputs : ndarray, ``input_shape``, int8

        Raises
        ------
        UserError
            When the input has another shape or type.
        """
        return self.folder.golden.output(self.folder.golden.outputs(inputs))

    def infer(
        self,
        inputs: np.ndarray,
        *,
        model: Literal["rtl", "host"] = "rtl",
        composed: bool = False,
        processes: int = 1,
        progress: Callable[[int], None] = lambda cycles: None,
    ) -> Inference:
        """Run the program as it lies in the folder; compare every layer with the golden models.

        Parameters
        ----------
        inputs : ndarray, ``input_shape``, int8
        model : str
            ``rtl``, the cluster, or ``host``: compiled for this PC, threads for cores, under address and
            undefined-behaviour sanitizers.
        composed : bool
            Run each distinct layer program once, and add up the network's cycles from these runs. The other
            layers have the golden models' outputs. Runs are kept by content.
        processes : int
            Simulators that run stretches of a long network side by side; with more than one, a script needs
            the guard ``if __name__ == "__main__"``.
        progress : callable
            Called with the predicted cycles of a stretch that has ended.

        Raises
        ------
        UserError
            When the input has another shape or type, or the folder is not whole.
        LayerError
            When a layer does not end, or a sanitizer stops it; a ``SimulationError``.
        SimulationError
            When the simulator fails.
        """
        if model == "host":
            if composed:
                raise UserError(
                    "a run on this PC has no cycles to compose; leave out one of host and composed"
                )
            return run_on_host(self.folder, inputs)
        if model != "rtl":
            raise UserError(f"model must be rtl or host, not {model!r}")
        if processes < 1:
            raise UserError(f"processes must be 1 or more, not {processes}")
        run = run_composed if composed else run_folder
        return run(self.folder, inputs, processes=processes, done=progress)

    def simulated_cycles(self, *, composed: bool = False) -> int:
        """Predicted cycles of all that ``infer`` simulates: the end of its progress."""
        return predicted_cycles(self.folder) if composed else self.folder.record.predicted_cycles


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledNetwork:
    """A network for a cluster; ``compile`` makes it.

    Attributes
    ----------
    network : Network
        Its steps with kernels, cuts and predicted cycles, and the places of its activations.
    """

    network: Network

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of an input, without the batch."""
        return self.network.graph.input.shape

    def golden(self, inputs: np.ndarray) -> np.ndarray:
        """The output by NumPy, int8; see ``SavedNetwork.golden``."""
        return self.network.golden_network.output(self.network.golden(inputs))

    def save(self, folder: str | PathLike[str]) -> SavedNetwork:
        """Write the network as a folder of C, weights, memory map and header; see docs/compiler.md.

        Parameters
        ----------
        folder : str or path
            May not exist, be empty, or be an earlier one, which is replaced.

        Raises
        ------
        UserError
            When the folder holds other files or cannot be written; nothing is half-written.
        """
        check_folder(Path(folder))
        write_folder(Path(folder), folder_content(self.network))
        return load(folder)

    @cached_property
    def saved(self) -> SavedNetwork:
        """The network in a folder of the cache."""
        return SavedNetwork(folder=cached_folder(self.network))

    def infer(
        self,
        inputs: np.ndarray,
        *,
        model: Literal["rtl", "host"] = "rtl",
        composed: bool = False,
        processes: int = 1,
        progress: Callable[[int], None] = lambda cycles: None,
    ) -> Inference:
        """Run the network; see ``SavedNetwork.infer``."""
        return self.saved.infer(
            inputs, model=model, composed=composed, processes=processes, progress=progress
        )


def load(folder: str | PathLike[str]) -> SavedNetwork:
    """The network in a folder that ``CompiledNetwork.save`` or ``xdecimate compile`` wrote.

    Raises
    ------
    UserError
        When the folder holds no network, or one of another release.
    """
    return SavedNetwork(folder=read_folder(Path(folder)))


def compile(
    model: str | PathLike[str],
    *,
    config: str | CoreConfig | None = None,
    cluster: int | str | ClusterConfig | None = None,
    l1: int | str | None = None,
    l2: int | str | None = None,
    preferred: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda finished, total: None,
) -> CompiledNetwork:
    """Compile a quantized network for a cluster.

    Parameters
    ----------
    model : str or path
        A TFLite file, int8 throughout, or an ONNX file with QuantizeLinear and DequantizeLinear; with one
        input, one output and a batch of 1.
    config : str or CoreConfig, optional
        Configuration of the cores, as for ``core_config``; ``xdecimate`` by default. With ``baseline`` no
        kernel uses the instruction. With ``xdecmac`` layers may have activations in bands, and requantize by
        16-bit multipliers where that is proven.
    cluster : int, str or ClusterConfig, optional
        As for ``cluster_config``; ``standard`` by default.
    l1 : int or str, optional
        Budget of L1 in bytes, a number or text such as ``96k``. It includes the stacks and the runtime's
        words; by default it is all of the cluster's L1.
    l2 : int or str, optional
        Budget of L2 in bytes for activations and weights. What exceeds it lies in L3.
    preferred : collection of str
        Names of kernels, such as ``sparse_software``, that are used wherever they can be, even if others are
        faster.
    progress : callable
        Called with the number of operators that are lowered, and the number of all operators.

    Raises
    ------
    UserError
        When the extra ``compiler`` is not installed, the file cannot be read, operators are not supported, or
        layers do not fit the cluster: one message with all problems. Also when ``l1`` or ``l2`` is more than
        there is, or no size, or ``preferred`` names a kernel that does not exist.

    Examples
    --------
    ::

        network = xd.compile("autoencoder.tflite")
        result = network.infer(np.zeros(network.input_shape, np.int8))
        assert result.matches_golden
    """
    core = None if config is None else core_config(config)
    chosen = cluster_config(STANDARD.name if cluster is None else cluster, core)
    budget = Budget.of(chosen, byte_size("l1", l1), byte_size("l2", l2))
    names = sorted({kernel.name for kernel in KERNELS})
    if isinstance(preferred, str) or not set(preferred) <= set(names):
        raise UserError(
            f"preferred must be a collection of names of kernels, each one of {', '.join(names)}, "
            f"not {preferred!r}"
        )
    graph = read_model(Path(model))
    return CompiledNetwork(network=compile_graph(graph, chosen, progress, preferred, budget))
