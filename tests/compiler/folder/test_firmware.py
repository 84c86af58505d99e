"""A firmware of one's own, built by the command in the folder's README.md."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common import files
from compiler.folder.read import NetworkFolder
from hw.config import Region
from sim.elf import load_elf
from sim.rtl.cluster import ClusterJob, cluster_memories, cluster_model
from sim.rtl.run import run_on_model

MAIN = """\
#include "model_perceptron.h"

static int8_t input[] __attribute__((section(".l2"))) = {%s};
int8_t outputs[2][16] __attribute__((section(".l2_zero"), aligned(16)));
static struct layer_profile profile[MODEL_PERCEPTRON_STEPS] __attribute__((section(".l2_zero")));

_Static_assert(sizeof input == MODEL_PERCEPTRON_INPUT_BYTES && MODEL_PERCEPTRON_INPUT_ZERO_POINT == -3, "");

int main(void)
{
    if (network_run(&model_perceptron, input, outputs[0], 0))
        return 1;
    if (network_run(&model_perceptron, input, outputs[1], profile))
        return 2;
    return profile[1].core[7][0] == 0;
}
"""


def command(folder: Path) -> list[str]:
    """The compiler's command of README.md."""
    text = (folder / "README.md").read_text()
    lines = re.search(r"^    python (.*\\\n.*)$", text, re.MULTILINE)
    assert lines
    words = shlex.split(lines[1].replace("\\\n", " "))
    expanded = [
        sorted(str(path.relative_to(folder)) for path in folder.glob(word)) if "*" in word else [word]
        for word in words
    ]
    return [part for words in expanded for part in words]


@pytest.mark.long
def test_a_main_of_ones_own_runs_it_twice(moved: NetworkFolder, inputs: np.ndarray):
    (moved.path / "main.c").write_text(MAIN % ", ".join(map(str, inputs)))
    environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(files.BUILD / "zig")}
    subprocess.run([sys.executable, *command(moved.path)], cwd=moved.path, env=environment, check=True)
    cluster = moved.record.cluster
    image = load_elf(moved.path / "firmware.elf", tuple(cluster_memories(cluster).values()))
    dumps = {"outputs": Region(base=image.symbols["outputs"], size=32)}
    job = ClusterJob(program=image, config=cluster, max_cycles=1_000_000, dumps=dumps)
    (result,) = run_on_model(cluster_model(cluster), [job])
    assert result.passed, result.why
    outputs = np.frombuffer(result.dumps["outputs"], np.int8).reshape(2, 16)[:, :7]
    assert np.array_equal(outputs, [moved.golden.outputs(inputs)[-1]] * 2)
