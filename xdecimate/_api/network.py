"""Networks compiled and run."""

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from bench.network import Inference, run_network
from compiler.compile import compile_graph
from compiler.importer.read import read_model
from compiler.network import Network
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import CoreConfig
from xdecimate._api.configuration import cluster_config, core_config

__all__ = ["CompiledNetwork", "Inference", "compile"]


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
        """The output by NumPy, int8.

        Parameters
        ----------
        inputs : ndarray, ``input_shape``, int8

        Raises
        ------
        UserError
            When the input has another shape or type.
        """
        output = self.network.golden(inputs)[self.network.output_step]
        return output.reshape(self.network.graph.output.shape)

    def infer(self, inputs: np.ndarray) -> Inference:
        """Run the network on the RTL, and compare every layer with the golden models.

        Parameters
        ----------
        inputs : ndarray, ``input_shape``, int8

        Raises
        ------
        UserError
            When the input has another shape or type.
        SimulationError
            When the simulator fails.
        """
        return run_network(self.network, inputs)


def compile(
    model: str | PathLike[str],
    *,
    config: str | CoreConfig | None = None,
    cluster: int | str | ClusterConfig | None = None,
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
        kernel uses the instruction.
    cluster : int, str or ClusterConfig, optional
        As for ``cluster_config``; ``standard`` by default.
    progress : callable
        Called with how many operators are lowered, and of how many.

    Raises
    ------
    UserError
        When the extra ``compiler`` is not installed, the file cannot be read, operators are not supported, or
        layers do not fit the cluster: one message with all problems.

    Examples
    --------
    ::

        network = xd.compile("autoencoder.tflite")
        result = network.infer(np.zeros(network.input_shape, np.int8))
        assert result.matches_golden
    """
    core = None if config is None else core_config(config)
    chosen = cluster_config(STANDARD.name if cluster is None else cluster, core)
    return CompiledNetwork(network=compile_graph(read_model(Path(model)), chosen, progress))
