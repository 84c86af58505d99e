"""Tables of networks in docs/compiler.md, made from what the commands measured."""

from bench.mlperf_tiny import BENCHMARKS
from common.markdown import table
from common.results import load


def mlperf_tiny() -> str:
    """One row for each network of MLPerf Tiny, from the reports of `xdecimate infer`."""
    rows = []
    for benchmark in BENCHMARKS:
        report = load(f"networks/{benchmark.file}")
        layers = report["rows"]
        assert all(layer["matches_golden"] for layer in layers)
        macs = sum(layer["macs"] for layer in layers)
        rows.append(
            [
                benchmark.title,
                f"`{benchmark.file}.tflite`",
                str(len(layers)),
                f"{macs / 1e6:.2f}",
                f"{report['cycles']:,}",
                f"{macs / report['cycles']:.2f}",
                f"{benchmark.gap9_cycles:,}" if benchmark.gap9_cycles else "",
            ]
        )
    heads = ("network", "file", "layers", "MMAC", "cycles", "MACs/cycle", "GAP9, cycles")
    return table(heads, rows)


PARTS = {"networks": mlperf_tiny}
