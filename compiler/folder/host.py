"""The program in a network's folder, compiled for this PC with sanitizers.

Threads are cores and memcpy is the DMA. Activations, weights and the buffers of each step in L1 are objects
of their own, so that the sanitizer sees an access past any of them.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import jinja2

from common.cache import Ingredient, kept
from common.errors import UserError
from compiler.folder.program import include_folders, rejected
from compiler.folder.read import NetworkFolder
from compiler.folder.record import NetworkRecord
from sw_kernels.build import included, step_flags
from sw_kernels.header import FOLDER

_HOST = FOLDER / "host"
_FLAGS = (
    *("-O2", "-g", "-pthread", "-DCLUSTER=1", "-Wno-int-to-pointer-cast"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"),
)
_MEMORY = jinja2.Template(
    """\
/* Memory of {{ name }} on a PC. */
#include "host_memory.h"

{% for symbol, size in objects.items() %}
int8_t {{ symbol }}[{{ size }}] __attribute__((aligned(16)));
{% endfor %}

const struct host_constant host_constant[] = {
{% for one in constants %}
    { "{{ one.symbol }}", {{ one.symbol }}, {{ one.bytes }} },
{% endfor %}
    { 0, 0, 0 },
};
const size_t host_constants = {{ constants | length }};
""",
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)
_ACCESS = re.compile(r"^(READ|WRITE) of size (\d+)", re.MULTILINE)
_FRAME = re.compile(r"^\s+#\d+ 0x[0-9a-f]+ in (\w+) (\S+):(\d+)", re.MULTILINE)
_OBJECT = re.compile(
    r"is located (\d+) bytes (?:to the )?(\w+)(?: of)? global variable '(\w+)' .*of size (\d+)", re.MULTILINE
)
_UNDEFINED = re.compile(r"^(\S+):(\d+):\d+: runtime error: (.*)$", re.MULTILINE)


@cache
def host_compiler() -> str:
    """The C compiler of this PC: ``CC``, or gcc, or clang.

    Raises ``UserError`` when there is none.
    """
    names = [name for name in (os.environ.get("CC"), "gcc", "clang") if name]
    if found := next((path for name in names if (path := shutil.which(name))), None):
        return found
    raise UserError(
        "a run on this PC needs a C compiler with sanitizers, and neither gcc nor clang is installed; "
        "install one, or set CC"
    )


def host_program(folder: NetworkFolder) -> Path:
    """An executable of the folder's program, in the cache.

    Raises ``UserError`` when the compiler rejects a file; the message names the layer if it can.
    """
    record = folder.record
    defines = {
        "NETWORK": record.name,
        "STEPS": len(record.steps),
        "INPUT_BYTES": record.input.bytes,
        "OUTPUT_BYTES": record.output.bytes,
    }
    flags = [*_FLAGS, *step_flags(record.cluster), *(f"-D{name}={value}" for name, value in defines.items())]
    folders = (*include_folders(folder.path)[:-1], _HOST)
    sources = [*sorted((folder.path / "src").glob("*.c")), _HOST / "cluster.c", _HOST / "main.c"]
    memory = host_memory(record)
    compiler = host_compiler()
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    parts: list[Ingredient] = [version, memory, *flags]
    for source in sources:
        parts += [source.name, source.read_bytes()]
        parts += [
            part
            for name, path in sorted(included(source, folders).items())
            for part in (name, path.read_bytes())
        ]

    def build(target: Path) -> None:
        (target / "memory.c").write_text(memory)
        _build(compiler, flags, folders, [target / "memory.c", *sources], target)

    try:
        return kept("host", parts, build) / "program"
    except subprocess.CalledProcessError as error:
        raise UserError(rejected(folder, error.stderr)) from error


def _build(
    compiler: str, flags: Sequence[str], folders: Sequence[Path], sources: Sequence[Path], target: Path
) -> None:
    searched = [argument for path in folders for argument in ("-I", str(path))]

    def compiled(numbered: tuple[int, Path]) -> str:
        number, source = numbered
        output = str(target / f"{number}.o")
        # Messages name files as they lie in a folder, wherever that is.
        names = [f"-ffile-prefix-map={source.parents[1]}/=", f"-ffile-prefix-map={target}/="]
        _run([compiler, *flags, *names, *searched, "-c", str(source), "-o", output])
        return output

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(compiled, enumerate(sources)))
    _run([compiler, *flags, *objects, "-o", str(target / "program")])
    for path in objects:
        Path(path).unlink()


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, capture_output=True, text=True, check=True)


def host_memory(record: NetworkRecord) -> str:
    """The C text of all objects that the cluster's program has in its memories."""
    objects = {one.symbol: one.bytes for one in record.activations}
    objects |= {one.symbol: one.bytes for one in record.constants}
    objects |= {f"{record.name}_l1": record.l1_bytes, **record.l1}
    return _MEMORY.render(name=record.name, objects=objects, constants=record.constants)


def sanitizer_message(report: str) -> str:
    """One line of a sanitizer's report, or the report itself where it has another form."""
    if found := _UNDEFINED.search(report):
        return f"{found[3]} at {_file(found[1])} line {found[2]}"
    if not (access := _ACCESS.search(report)):
        return report.strip() or "it ended without a message"
    kind = "reads" if access[1] == "READ" else "writes"
    message = f"it {kind} {access[2]} bytes"
    frames = [frame for frame in _FRAME.findall(report) if not frame[1].endswith(("host/cluster.h", ".inc"))]
    if frames:
        message += f" in {frames[0][0]} ({_file(frames[0][1])} line {frames[0][2]})"
    if place := _OBJECT.search(report):
        where = {"right": "after", "left": "before"}.get(place[2], place[2])
        message += f", {place[1]} bytes {where} {place[3]} of {place[4]} bytes"
    return message


def _file(path: str) -> str:
    """A path without what leads to the folder."""
    parts = Path(path).parts
    for name in ("kernels", "src", "include"):
        if name in parts:
            return "/".join(parts[parts.index(name) :])
    return path
