"""The C sources that a network uses, as they lie in its folder.

Kernels and walks are shared by steps, and by networks. A file of ``src`` compiles one of them: with the
macros of one arithmetic, for a kernel.
"""

from collections.abc import Iterator
from pathlib import Path

from compiler.network import Network
from sw_kernels.build import INCLUDES, architecture, generated_includes, included
from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator

_NETWORK = FOLDER / "network"
_RUNTIME = FOLDER / "runtime"
#: The generated header that only the cluster's runtime needs.
_REGISTERS = "cluster_registers.h"
#: Around a kernel that is not compiled to compressed instructions, because one flags.txt serves all files.
_UNCOMPRESSED = """\
#if defined(__riscv) && defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch={architecture}"))), apply_to = function)
#endif
{text}#if defined(__riscv) && defined(__clang__)
#pragma clang attribute pop
#endif
"""


def network_sources(network: Network) -> dict[str, bytes]:
    """Content of the files by their paths in the folder."""
    files = {f"src/{name}": text.encode() for name, text in _units(network)}
    files["src/network.c"] = (_NETWORK / "network.c").read_bytes()
    for path in (_RUNTIME / "crt0.S", _RUNTIME / "cluster.c", _RUNTIME / "memory.c"):
        files[f"runtime/{path.name}"] = path.read_bytes()
    for kernel, _ in _kernels(network).values():
        operator = kernel.operator
        folders = (operator.folder, _NETWORK, *INCLUDES, generated_includes())
        plan = operator.folder / f"{kernel.plan}.h"
        for source in (*kernel.walk_sources, kernel.source, plan, _NETWORK / "network.c"):
            for path in (source, *included(source, folders).values()):
                if path.name != "network.c":
                    files[_place(path, operator, source)] = path.read_bytes()
    return files


def _place(path: Path, operator: Operator, source: Path) -> str:
    """Path in the folder of a file that lies somewhere among the sources of the project."""
    if path.parent in (operator.folder, source.parent) and path.parent != _NETWORK:
        return f"kernels/{operator}/{path.name}"
    runtime = path.parent == _RUNTIME or path.name == _REGISTERS
    return f"{'runtime' if runtime else 'include'}/{path.name}"


def _kernels(network: Network) -> dict[str, tuple[Kernel, dict[str, str]]]:
    """Kernels and their macros by C symbol."""
    return {
        step.layer.symbol: (step.layer.kernel, step.layer.kernel.defines(step.layer.arithmetic))
        for step in network.steps
    }


def _units(network: Network) -> Iterator[tuple[str, str]]:
    """Files that compile a kernel or a walk, and their text."""
    for symbol, (kernel, defines) in _kernels(network).items():
        operator = kernel.operator
        for walk in kernel.walk_sources:
            yield f"{operator}_{walk.stem}.c", f'#include "../kernels/{operator}/{walk.name}"\n'
        macros = "".join(f"#define {name} {value}\n" for name, value in defines.items())
        text = f'{macros}#include "../kernels/{operator}/{kernel.source.name}"\n'
        if (core := kernel.compiled_for(network.cluster.core)) != network.cluster.core:
            text = _UNCOMPRESSED.format(architecture=architecture(core), text=text)
        yield f"{symbol}.c", text
