"""Compiling C and assembly with the clang of the ziglang wheel, for the core and for this PC.

Everything is kept by the hash of all that goes in, so nothing is built twice and nothing stale is used.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import ziglang

from common import files
from common.cache import Ingredient, kept
from common.errors import UserError
from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig, config_named
from hw.units.decmac.record import DECMAC, DECMAC8
from sw_kernels.header import FOLDER, cluster_registers, header, link_script

INCLUDES = (FOLDER / "include", FOLDER / "runtime", FOLDER / "cluster")
_IN_KERNELS = ("m", "xcvmem", "xcvalu", "xcvbitmanip", "xcvmac", "xcvsimd")
#: Extensions whose mnemonics clang knows; hardware loops and xdecimate are macros of our own. For clang,
#: xcvbitrev and xcvcplx are parts of xcvbitmanip and xcvsimd.
CLANG_EXTENSIONS = (*_IN_KERNELS, "xcvbi", "xcvelw", "c")
#: What the kernels' assembly needs; a core with less runs their C models.
KERNEL_EXTENSIONS = frozenset({*_IN_KERNELS, "xcvhwlp"})
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

#: With compressed instructions: a jump to 32 bits across two words costs a cycle (docs/fetch.md).
_ALIGNED_TARGETS = ("-falign-functions=4", "-falign-loops=4")
#: The program of the wheel; ``python -m ziglang`` starts Python first, a third of the time of a short call.
_ZIG = str(Path(ziglang.__file__).parent / "zig")
#: A file that C or assembly includes by its name.
_INCLUDE = re.compile(rb'^\s*(?:#\s*include|\.incbin)\s+"([^"]+)"', re.MULTILINE)


class BuildError(Exception):
    """A source that the compiler rejects; the message is the compiler's."""


def configuration(name: str) -> CoreConfig:
    """The named configuration of the core; ``UserError`` lists those that exist."""
    try:
        return config_named(name)
    except ValueError as error:
        raise UserError(str(error)) from error


def runs_assembly(config: CoreConfig) -> bool:
    """True if kernels are compiled to CORE-V instructions for this core, False for C models of them."""
    return config.extensions.issuperset(KERNEL_EXTENSIONS)


def core_flags(config: CoreConfig) -> tuple[str, ...]:
    """Flags that compile for a core of this configuration."""
    extensions = "".join(f"+{name}" for name in CLANG_EXTENSIONS if config.has(name))
    model = () if runs_assembly(config) else ("-DXDECIMATE_C_MODEL",)
    aligned = _ALIGNED_TARGETS if config.has("c") else ()
    return (*CORE_FLAGS, f"-mcpu=generic_rv32{extensions}", *aligned, *model)


def architecture(config: CoreConfig) -> str:
    """The instruction set as clang's attribute ``target`` takes it."""
    single = "".join(name for name in CLANG_EXTENSIONS if len(name) == 1 and config.has(name))
    return "_".join([f"rv32i{single}", *(n for n in CLANG_EXTENSIONS if len(n) > 1 and config.has(n))])


def in_step(config: ClusterConfig) -> bool:
    """True if kernels of banded activations keep a cluster's cores in step, which then never meet in a bank.

    The banks must grant all cores that read one word, and neighbouring pixels must begin in different banks.
    """
    multiplies = any(config.core.has(unit.extension) for unit in (DECMAC, DECMAC8))
    return bool(config.hashed_banks and config.broadcast) and multiplies


def step_flags(config: ClusterConfig) -> tuple[str, ...]:
    """Flags that compile walks and kernels for a cluster, or for a PC in its place."""
    return ("-DIN_STEP=1",) if in_step(config) else ()


def cluster_flags(config: ClusterConfig) -> tuple[str, ...]:
    """Flags that compile for a cluster of this configuration."""
    return (*core_flags(config.core), *step_flags(config))


@cache
def generated_includes() -> Path:
    """Folder that holds the generated headers."""
    texts = {"xdecimate.h": header(), "cluster_registers.h": cluster_registers()}

    def write(folder: Path) -> None:
        for name, text in texts.items():
            (folder / name).write_text(text)

    return kept("headers", texts.values(), write)


def included(source: Path, folders: Sequence[Path]) -> dict[str, Path]:
    """Sources and binaries that a source includes, directly or not, by the names in its text.

    They are looked for beside the file that names them, then in ``folders``, as compilers do.
    """
    found: dict[str, Path] = {}
    waiting = [source]
    while waiting:
        file = waiting.pop()
        for name in _INCLUDE.findall(file.read_bytes()):
            candidates = (folder / name.decode() for folder in (file.parent, *folders))
            path = next(filter(Path.is_file, candidates), None)
            if path is not None and name.decode() not in found:
                found[name.decode()] = path
                if path.suffix != ".bin":
                    waiting.append(path)
    return found


def run_clang(arguments: Sequence[str | Path], output: Path) -> None:
    """Run clang. Raises ``BuildError``."""
    output.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(files.BUILD / "zig")}
    command = [_ZIG, "cc", *map(str, arguments), "-o", str(output)]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if result.returncode != 0:
        raise BuildError(f"{' '.join(command)}\n{result.stderr}")


def _built(kind: str, name: str, ingredients: Sequence[Ingredient], arguments: Sequence[str | Path]) -> Path:
    """The file ``name`` that clang makes, or once made, of ingredients that include its arguments."""
    made = kept(kind, (version("ziglang"), *ingredients), lambda folder: run_clang(arguments, folder / name))
    return made / name


def compile_object(
    source: Path,
    flags: Sequence[str],
    defines: Mapping[str, str] | None = None,
    includes: Sequence[Path] = (),
) -> Path:
    """Compile one C or assembly source to a cached object file; ``includes`` are more folders of headers."""
    options = (*flags, *(f"-D{name}={value}" for name, value in (defines or {}).items()))
    return compile_source(source, options, (*INCLUDES, generated_includes(), *includes, source.parent))


def compile_source(source: Path, options: Sequence[str], folders: Sequence[Path]) -> Path:
    """Compile a source that finds headers in ``folders`` alone to a cached object file."""
    searched = [argument for folder in folders for argument in ("-I", folder)]
    contents = (
        part for name, path in sorted(included(source, folders).items()) for part in (name, path.read_bytes())
    )
    ingredients = (source.suffix, source.read_bytes(), *options, *contents)
    return _built("objects", f"{source.stem}.o", ingredients, [*options, *searched, "-c", source])


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
    return link_objects(name, inputs, core_flags(config), script)


def link_objects(name: str, inputs: Sequence[Path], options: Sequence[str], script: str) -> Path:
    """Link objects by the text of a link script to a cached ELF file."""
    flags = (*options, "-Wl,--gc-sections")
    ingredients = (script, *flags, *(path.read_bytes() for path in inputs))
    script_path = (
        kept("scripts", [script], lambda folder: (folder / "link.ld").write_text(script)) / "link.ld"
    )
    return _built("programs", f"{name}.elf", ingredients, [*flags, "-T", script_path, *inputs])


def build_c_program(source: Path, config_name: str, l1_size: int) -> Path:
    """Compile and link a program of one C file: ``main`` and the runtime."""
    config = configuration(config_name)
    return link_program(source.stem, [compile_object(source, core_flags(config))], config, l1_size)


def link_host_library(name: str, objects: Sequence[Path]) -> Path:
    """Link objects compiled with ``HOST_FLAGS`` to a shared library for this PC.

    The process that loads it has the C library; zig would build a part of its own, which takes 26 seconds.
    """
    flags = ("-shared", "-nostdlib")
    contents = [path.read_bytes() for path in objects]
    return _built("host", f"{name}.so", [*flags, *contents], [*flags, *objects])


def written_layer(main: str, data: str, arrays: Mapping[str, bytes]) -> Path:
    """Folder with main.c, data.S and the arrays that data.S includes, ``NAME.bin``."""
    texts = {"main.c": main.encode(), "data.S": data.encode()}
    contents = texts | {f"{name}.bin": content for name, content in arrays.items()}

    def write(folder: Path) -> None:
        for name, content in contents.items():
            (folder / name).write_bytes(content)

    return kept("layers", [part for pair in contents.items() for part in pair], write)
