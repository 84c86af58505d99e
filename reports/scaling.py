"""Figures of docs/scaling.md, from results/scaling_N.json; ``python -m reports.scaling`` measures these."""

import os
import subprocess
import sys
import tempfile
from math import ceil
from pathlib import Path
from typing import Any

from common.files import BUILD
from common.markdown import table
from common.results import RESULTS, load
from hw.config import XDECIMATE
from sim.rtl.model import core_model

_WORKERS = (1, 2)
_CAMPAIGN = ("--config", XDECIMATE.name, "--instructions", "600000", "--seed", "20261125")


def scaling() -> str:
    """Elapsed seconds, and what of the workers' time went into chunks."""
    campaigns = [load(f"scaling_{count}")["configurations"][0] for count in _WORKERS]
    rows = []
    for row in campaigns:
        spent = row["workers"] * row["elapsed_seconds"]
        rows.append(
            [
                str(row["workers"]),
                f"{row['instructions']:,}",
                str(row["chunks"]),
                f"{row['elapsed_seconds']:.1f}",
                f"{row['seconds']:.1f}",
                f"{row['longest_chunk_seconds']:.1f}",
                f"{100 * row['seconds'] / spent:.0f} %",
                f"{(spent - row['seconds']) / row['chunks']:.2f}",
            ]
        )
    heads = (
        *("workers", "instructions compared", "chunks", "s", "s in chunks", "s of the longest"),
        *("share of the workers' time in chunks", "overhead, s a chunk"),
    )
    return table(heads, rows)


def limits() -> str:
    """Rates of units and their longest, from one worker's campaign and from the proofs."""
    [campaign] = load("scaling_1")["configurations"]
    chunk = campaign["seconds"] / campaign["chunks"]
    proofs = [row["cpu_seconds"] for row in load("formal")["proofs"]]
    return f"""\
- **The scheduler.** Dask's own pages give about 1 ms per task, in one thread, which is at most 1,000 units per second. A chunk
  of `fuzz` takes {chunk:.1f} seconds on one worker, so that 1,000 workers request {1000 / chunk:.0f} units per second.
- **The longest unit.** No campaign ends before its longest unit. Chunks are of similar length. Proofs are not: the longest
  takes {max(proofs):.0f} of the {sum(proofs):.0f} seconds of `make formal`, so that more than \
{ceil(sum(proofs) / max(proofs))} workers gain nothing.
"""  # noqa: E501


def measure(workers: int) -> None:
    """Write results/scaling_N.json: a campaign on N workers of this machine, whose cache holds no results."""
    from distributed import LocalCluster

    core_model(XDECIMATE, rvfi=True)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(BUILD / "models")
        # Workers import this module, and with it the place of the cache, before Dask gives them variables.
        os.environ["XDECIMATE_CACHE"] = folder
        local: Any = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=":0",
        )
        with local as cluster:
            subprocess.run(
                [
                    *(Path(sys.executable).with_name("xdecimate"), "fuzz", *_CAMPAIGN),
                    *("--scheduler", cluster.scheduler_address),
                    *("--json", RESULTS / f"scaling_{workers}.json"),
                ],
                check=True,
            )


PARTS = {"scaling": scaling, "limits": limits}

if __name__ == "__main__":
    for count in _WORKERS:
        measure(count)
