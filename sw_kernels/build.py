"""Compiling C and assembly with the clang of the ziglang wheel, for the core and for this PC.

Everything lands under build/sw_kernels, named by the hash of all that goes in, so nothing is built twice and
nothing stale is used.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from common.errors import UserError
from common.files import BUILD as BUILD_ROOT
from common.files import write_atomically
from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig, config_named
from sw_kernels.header import FOLDER, cluster_registers, header, link_script

BUILD = BUILD_ROOT / "sw_kernels"
INCLUDES = (FOLDER / "include", FOLDER / "runtime", FOLDER / "cluster")
#: Extensions whose mnemonics clang knows; hardware loops and xdecimate are macros of our own.
CLANG_EXTENSIONS = ("m", "xcvmem", "xcvalu", "xcvbitmanip", "xcvmac", "xcvsimd")
#: What the kernels' assembly needs; a core with less runs their C models.
KERNEL_EXTENSIONS = frozenset({*CLANG_EXTENSIONS, "xcvhwlp"})
#: Bytes of a core's stack in a cluster's L1.
CLUSTER_STACK_SIZE = 1024
WARNINGS = ("-Wall", "-Wextra", "-Werror")
HOST_FLAGS = ("-O2", "-fPIC", "-fno-sanitize=all", *WARNINGS)
CORE_FLAGS = (
    "-target",
    "riscv32-freestanding-none",
    "-O2",
    "-g0",  # with debug information clang fails on assembly that has nothing but macros
    "-ffreestanding",
    "-fno-builtin",
    "-fno-sanitize=all",
    "-fomit-frame-pointer",
    "-ffunction-sections",
    "-mno-relax",
    "-nostdlib",
    *WARNINGS,
)


class BuildError(Exception):
    """A source that the compiler rejects; the message is the compiler's."""


def configuration(name: str) -> CoreConfig:
    """The named configuration of the core; ``UserError`` lists those that exist."""
    try:
        return config_named(name)
    except ValueError as error:
        raise UserError(str(error)) from error


def runs_assembly(config: CoreConfig) -> bool:
    """Whether kernels are compiled to CORE-V instructions for this core, or to C models of them."""
    return config.extensions.issuperset(KERNEL_EXTENSIONS)


def core_flags(config: CoreConfig) -> tuple[str, ...]:
    """Flags that compile for a core of this configuration."""
    extensions = "".join(f"+{name}" for name in CLANG_EXTENSIONS if config.has(name))
    model = () if runs_assembly(config) else ("-DXDECIMATE_C_MODEL",)
    return (*CORE_FLAGS, f"-mcpu=generic_rv32{extensions}", *model)


def content_key(*parts: str | bytes) -> str:
    digest = hashlib.sha256(version("ziglang").encode())
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:24]


@cache
def generated_includes() -> Path:
    """Folder that holds the generated headers."""
    texts = {"xdecimate.h": header(), "cluster_registers.h": cluster_registers()}
    folder = BUILD / f"include-{content_key(*texts.values())}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        if not (folder / name).exists():
            write_atomically(folder / name, text)
    return folder


def _headers(folders: Sequence[Path]) -> list[bytes]:
    """Contents of every header that a source could include from these folders."""
    return [path.read_bytes() for folder in folders for path in sorted(folder.glob("*.h"))]


def run_clang(arguments: Sequence[str | Path], output: Path) -> None:
    """Run clang; ``output`` appears only when it is complete. Raises ``BuildError``."""
    output.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(BUILD / "zig")}
    with tempfile.TemporaryDirectory(dir=output.parent) as folder:
        partial = Path(folder) / output.name
        command = [sys.executable, "-m", "ziglang", "cc", *map(str, arguments), "-o", str(partial)]
        result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if result.returncode != 0:
            raise BuildError(f"{' '.join(command)}\n{result.stderr}")
        partial.replace(output)


def compile_object(
    source: Path,
    flags: Sequence[str],
    defines: Mapping[str, str] | None = None,
    includes: Sequence[Path] = (),
) -> Path:
    """Compile one C or assembly source to a cached object file; ``includes`` are more folders of headers."""
    folders = (*INCLUDES, generated_includes(), *includes)
    symbols = [f"-D{name}={value}" for name, value in (defines or {}).items()]
    key = content_key(source.read_bytes(), *_headers((*folders, source.parent)), *flags, *symbols)
    output = BUILD / "objects" / f"{source.stem}-{key}.o"
    if not output.exists():
        searched = [argument for folder in folders for argument in ("-I", folder)]
        run_clang([*flags, *symbols, *searched, "-c", source], output)
    return output


def link_program(name: str, objects: Sequence[Path], config: CoreConfig, l1_size: int) -> Path:
    """Link objects and the runtime to an ELF file for the core.

    Raises ``BuildError`` when a symbol is missing or a region overflows.
    """
    start = compile_object(FOLDER / "runtime" / "crt0.S", core_flags(config))
    return _link(name, [start, *objects], config, link_script(l1_size))


def link_cluster_program(
    name: str, objects: Sequence[Path], config: ClusterConfig, stack_size: int = CLUSTER_STACK_SIZE
) -> Path:
    """The same for the cluster, with the runtime of teams and a stack for each core."""
    flags = core_flags(config.core)
    start = compile_object(FOLDER / "runtime" / "crt0.S", flags, {"CLUSTER": "1"})
    runtime = [compile_object(FOLDER / "runtime" / f"{name}.c", flags) for name in ("cluster", "memory")]
    script = link_script(config.l1_bytes, cores=config.cores, stack_size=stack_size)
    return _link(name, [start, *runtime, *objects], config.core, script)


def _link(name: str, inputs: Sequence[Path], config: CoreConfig, script: str) -> Path:
    key = content_key(script, *(path.read_bytes() for path in inputs))
    output = BUILD / "programs" / f"{name}-{key}.elf"
    if not output.exists():
        script_path = BUILD / "programs" / f"link-{content_key(script)}.ld"
        script_path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(script_path, script)
        run_clang([*core_flags(config), "-Wl,--gc-sections", "-T", script_path, *inputs], output)
    return output


def build_c_program(source: Path, config_name: str, l1_size: int) -> Path:
    """Compile and link a program of one C file: ``main`` and the runtime."""
    config = configuration(config_name)
    return link_program(source.stem, [compile_object(source, core_flags(config))], config, l1_size)


def link_host_library(name: str, objects: Sequence[Path]) -> Path:
    """Link objects compiled with ``HOST_FLAGS`` to a shared library for this PC."""
    key = content_key(*(path.read_bytes() for path in objects))
    output = BUILD / "host" / f"{name}-{key}.so"
    if not output.exists():
        run_clang(["-shared", *objects], output)
    return output
