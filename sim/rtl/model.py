"""Verilator models, built once per content and kept under build/models."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from common.cache import kept
from common.closure import closure
from hw.config import MEMORY_MAP, CoreConfig
from hw.generate import core_verilog
from hw.isa.table import SHORTEST_BODY
from hw.peripherals import REGISTERS
from sim.rtl.cocotb_runner import MAKE_VARIABLES, VERILATOR_ROOT, VerilatorRunner
from sim.rtl.errors import SimulationError
from sim.rtl.job import L1_CAPACITY
from sim.rtl.watch import watched

#: Where the hand-written SystemVerilog lies.
SOURCES = Path(__file__).parent
_LINT = SOURCES / "lint.vlt"
_RETIREMENT = SOURCES / "retirement.sv"
_TILE_SOURCES = (SOURCES / "memory_port.sv", SOURCES / "watch.sv", SOURCES / "tile.sv")

_FLAGS = ("-O3", "--x-assign", "fast", "--x-initial", "fast", "--no-timing", "--timescale", "1ns/1ns")
#: A core's C++ is one file, for each reads Verilator's headers, and many functions, for what one takes to
#: compile grows faster than its length.
_SPLITS = ("--output-split", "200000", "--output-split-cfuncs", "2000")
#: Traces are written without liblz4 and zlib, which need not be there.
_FST = SOURCES / "fst"
_TRACE_FLAGS = ("--trace-fst", "-CFLAGS", f"-I{_FST}")


@dataclass(frozen=True)
class Model:
    """A built simulator: ``directory`` holds its executable, called ``toplevel``, and its objects."""

    directory: Path
    toplevel: str

    @property
    def key(self) -> str:
        """Hash of all that it was built from."""
        return self.directory.name

    @property
    def executable(self) -> Path:
        return self.directory / self.toplevel


@cache
def _tool_versions() -> tuple[str, ...]:
    compiler = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=True).stdout
    return version("verilator"), version("cocotb"), compiler.splitlines()[0], str(VERILATOR_ROOT)


def build_model(
    verilog: str,
    toplevel: str,
    *,
    sources: Sequence[Path] = (),
    parameters: Mapping[str, int] | None = None,
    trace: bool = False,
    public: bool = True,
    defines: Sequence[str] = (),
    waived: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Model:
    """Build, or find, the model of generated Verilog and hand-written sources beside it.

    Parameters
    ----------
    verilog : str
        Generated Verilog.
    toplevel : str
        Name of the top module.
    sources : sequence of Path
        SystemVerilog files.
    parameters : mapping of str to int
        Parameters of the top module.
    trace : bool
        Able to write an FST trace (slower).
    public : bool
        Let Python see every signal, not only those that the sources name (much slower).
    defines : sequence of str
        Names that the sources' ``ifdef`` asks for.
    waived : sequence of str
        Verilator's warnings that are no errors here.
    options : sequence of str
        More options of Verilator.

    Raises
    ------
    SimulationError
        When it does not build.
    """
    sources = (_LINT, *sources)
    tracing = _TRACE_FLAGS if trace else ()
    arguments = [*_FLAGS, *_SPLITS]
    settings = [
        *arguments,
        json.dumps(MAKE_VARIABLES),
        *_tool_versions(),
        closure(VerilatorRunner.__module__),
    ]
    particular = [*options, *(f"-D{name}" for name in defines), *(f"-Wno-{name}" for name in waived)]
    texts = [source.read_text() for source in sources]
    texts += [verilog, toplevel, json.dumps(parameters), str(public), *particular, *tracing]
    texts += [header.read_text() for header in sorted(_FST.glob("*.h"))] * trace

    def build(folder: Path) -> None:
        generated, log = folder / "generated.v", folder / "build.log"
        generated.write_text(verilog)
        try:
            VerilatorRunner(public=public, runtime=settings).build(
                sources=[*sources, generated],
                hdl_toplevel=toplevel,
                parameters=parameters or {},
                build_args=[*arguments, *tracing, *particular],
                build_dir=folder,
                waves=trace,
                log_file=log,
            )
        except subprocess.CalledProcessError as error:
            raise SimulationError(f"cannot build the simulator of {toplevel}:", log) from error

    return Model(kept("models", texts + settings, build), toplevel)


def tile_model(
    verilog: str,
    *,
    trace: bool = False,
    rvfi: bool = False,
    mutants: bool = False,
    coverage: bool = False,
    watch: CoreConfig | None = None,
) -> Model:
    """The model of a core (module ``core``) with memories and devices around it; options of ``build_model``.

    With ``rvfi``, for a core that has the port, each job leaves a trace of what retired. With ``mutants``,
    for a core of ``verif.mutation``, each job names the fault that is there. With ``coverage``, a run reports
    which lines it reached and which bits went up and down. With ``watch``, for a core as generated for this
    configuration, a result holds the first exception and hardware loops that are too short.

    Raises ``SimulationError`` when it does not build.
    """
    parameters = {
        "L1_BASE": MEMORY_MAP.l1.base,
        "L1_BYTES": L1_CAPACITY,
        "L2_BASE": MEMORY_MAP.l2.base,
        "L2_BYTES": MEMORY_MAP.l2.size,
        "DEVICE_BASE": REGISTERS[0],
        "SHORTEST_BODY": SHORTEST_BODY,
    }
    return build_model(
        verilog + watched(["tile.core"], watch),
        "tile",
        sources=(*_TILE_SOURCES, *([_RETIREMENT] if rvfi else ())),
        parameters=parameters,
        trace=trace,
        public=False,
        defines=[*(["RVFI"] if rvfi else []), *(["MUTANTS"] if mutants else [])],
        waived=["UNOPTFLAT"] if mutants else [],  # single bits of a word depend on others of it
        options=["--coverage-line", "--coverage-toggle"] if coverage else [],
    )


@cache
def core_model(config: CoreConfig, *, trace: bool = False, rvfi: bool = False) -> Model:
    """The model of the generated core of a configuration, with memories and devices around it."""
    return tile_model(core_verilog(config, rvfi=rvfi), trace=trace, rvfi=rvfi, watch=None if rvfi else config)
