"""The networks of MLPerf Tiny: names of their files, and cycles that are published for other machines."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A network and its task.

    Parameters
    ----------
    file : str
        Name of its TFLite file in mlcommons/tiny, without the suffix.
    title : str
    gap9_cycles : int or None
        Published for GAP9, whose eight cores have an accelerator for convolutions beside them.
    """

    file: str
    title: str
    gap9_cycles: int | None = None


BENCHMARKS = (
    Benchmark(file="ad01_int8", title="autoencoder, machine sounds", gap9_cycles=65_000),
    Benchmark(file="kws_ref_model", title="DS-CNN, keywords", gap9_cycles=176_000),
    Benchmark(file="pretrainedResnet_quant", title="ResNet8, CIFAR-10", gap9_cycles=228_000),
    Benchmark(file="str_ww_ref_model", title="streaming wake word"),
    Benchmark(file="vww_96_int8", title="MobileNetV1-0.25, persons", gap9_cycles=416_000),
)
