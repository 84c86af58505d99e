"""Cuts of layers, compiled for this PC with sanitizers: threads are cores, and every buffer is an object.

They run twice: transfers move their bytes as soon as they start, and no sooner than a core waits for them.
Buffers begin with codes that are not 0, as those of a layer do that finds the bytes of another one.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import jinja2
import numpy as np

from common.cache import kept
from compiler.folder.host import host_compiler
from hw.cluster.config import ClusterConfig
from sw_kernels.build import INCLUDES, generated_includes, included, step_flags
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.initializer import initializer
from sw_kernels.header import FOLDER
from sw_kernels.layer import Layer
from sw_kernels.packing.activations import BANDED

_FLAGS = (
    *("-O1", "-pthread", "-DCLUSTER=1", "-Wall", "-Wextra", "-Wno-int-to-pointer-cast"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)
#: Seconds of a run: cores that meet at different barriers would never end.
_LONGEST = 300
#: Takes the place of the transfers of host/cluster.h in the walks.
_LATE = Path(__file__).parent / "programs" / "late_transfers.h"
_MAIN = jinja2.Template(
    """\
#include <stdio.h>
#include <string.h>
#include "cluster.h"
{% for header in headers %}
#include "{{ header }}.h"
{% endfor %}
{% for case in cases %}
{% for name, size in case.objects.items() %}
static int8_t {{ name }}[{{ size }}] __attribute__((aligned(16)));
{% endfor %}
{{ case.plan }}
static void run_{{ loop.index0 }}(void *argument)
{
    (void)argument;
    cluster_{{ case.walk }}(&plan_{{ loop.index0 }}, {{ case.cores }});
}
{% endfor %}
int late_transfers;

int main(int count, char **arguments)
{
    FILE *given = fopen(arguments[1], "rb"), *made = fopen(arguments[2], "wb");
    late_transfers = count > 3;
{% for case in cases %}
{% for name in case.operands %}
    if (fread({{ name }}, 1, sizeof {{ name }}, given) != sizeof {{ name }})
        return 2;
{% endfor %}
{% for name in case.objects if name not in case.operands %}
    memset({{ name }}, 0x5a, sizeof {{ name }});
{% endfor %}
    team_fork({{ team }}, run_{{ loop.index0 }}, 0);
    fwrite({{ case.output }}, 1, sizeof {{ case.output }}, made);
{% endfor %}
    return fclose(made);
}
""",
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A layer and a cut of it; ``operands`` replace those of the walk."""

    layer: Layer
    plan: Plan
    operands: Mapping[str, bytes]


def banded_case(layer: Layer, cut: Plan, rng: np.random.Generator) -> Case:
    """A cut of a layer of banded activations, whose rows past the image's end have random values."""
    operands = dict(layer.kernel.walk.operands(layer, cut))
    stored = np.frombuffer(operands["input"], np.int8)
    inside = BANDED.stored(np.ones(layer.inputs.shape, np.int8)) == 1
    filled = np.where(inside, stored, rng.integers(-128, 128, stored.shape)).astype(np.int8)
    return Case(layer=layer, plan=cut, operands={**operands, "input": filled.tobytes()})


def outputs(cases: Sequence[Case], config: ClusterConfig, folder: Path) -> list[np.ndarray]:
    """Outputs of the walks on this PC.

    Raises ``AssertionError`` with the report of a sanitizer, or when late transfers change them.
    """
    program = _program(cases, config)
    given = [content for case in cases for content in case.operands.values()]
    (folder / "given").write_bytes(b"".join(content or bytes(1) for content in given))  # no object is empty
    environment = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}

    def run(name: str, *late: str) -> bytes:
        command = [str(program), str(folder / "given"), str(folder / name), *late]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, timeout=_LONGEST
        )
        assert done.returncode == 0, done.stderr
        return (folder / name).read_bytes()

    content, found = run("made"), []
    assert run("made_late", "late") == content, "the walk uses bytes of a transfer before it waits for it"
    for case in cases:
        size = case.layer.scratch["output"]
        found.append(case.layer.output_of(content[:size]))
        content = content[size:]
    return found


def _program(cases: Sequence[Case], config: ClusterConfig) -> Path:
    parts, headers, units = [], {}, {}
    walks = {source for case in cases for source in case.layer.kernel.walk_sources}
    for number, case in enumerate(cases):
        kernel = case.layer.kernel
        plan = replace(case.plan, prefix=f"l1_{number}_")
        names = {name: f"{name}_{number}" for name in (*case.operands, "output")}
        operands = {names[name]: max(len(content), 1) for name, content in case.operands.items()}
        buffers = {plan.symbol(name): size for name, size in plan.buffers.items() if size and name != "tiles"}
        parts.append(
            {
                "objects": {**operands, names["output"]: case.layer.scratch["output"], **buffers},
                "operands": list(operands),
                "output": names["output"],
                "plan": initializer(case.layer, plan, f"plan_{number}", names, "IN_L1"),
                "walk": kernel.walk.name(case.layer, plan),
                "cores": plan.cores,
            }
        )
        headers[kernel.plan] = None
        for source in kernel.walk_sources:
            units[source, ()] = kernel.operator.folder
        units[kernel.source, tuple(kernel.defines(case.layer.arithmetic).items())] = kernel.operator.folder
    flags = (*_FLAGS, *step_flags(config))
    main = _MAIN.render(cases=parts, headers=list(headers), team=config.cores)
    own = (FOLDER / "host", generated_includes(), *(path for path in INCLUDES if path.name != "runtime"))
    folders = (*own, *dict.fromkeys(units.values()))
    sources = [*units, (FOLDER / "host" / "cluster.c", ())]
    files = [_LATE, *(path for unit, _ in sources for path in (unit, *included(unit, folders).values()))]

    def build(target: Path) -> None:
        (target / "runtime").mkdir()
        registers = (generated_includes() / "cluster_registers.h").read_bytes()
        (target / "runtime" / "cluster_registers.h").write_bytes(registers)
        (target / "main.c").write_text(main)
        searched = [argument for path in (*folders, target) for argument in ("-I", str(path))]

        def compiled(unit: tuple[int, tuple[Path, tuple[tuple[str, str], ...]]]) -> str:
            number, (source, defines) = unit
            options = [f"-D{name}={value}" for name, value in defines]
            if source in walks:
                options += ["-include", str(_LATE)]
            output = str(target / f"{number}.o")
            command = [host_compiler(), *flags, *options, *searched, "-c", str(source), "-o", output]
            subprocess.run(command, check=True)
            return output

        with ThreadPoolExecutor(2) as pool:
            objects = list(pool.map(compiled, enumerate([(target / "main.c", ()), *sources])))
        subprocess.run([host_compiler(), *_FLAGS, *objects, "-o", str(target / "program")], check=True)

    return (
        kept("host", [main, *flags, *map(str, sources), *(path.read_bytes() for path in files)], build)
        / "program"
    )
