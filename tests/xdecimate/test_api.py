"""The Python API: every name, every example of its documentation, and every argument that it refuses."""

import doctest
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import xdecimate as xd
from hw.config import MEMORY_MAP, RV32IM, XDECIMATE
from hw.generate import unit_verilog
from hw.module_names import renamed
from hw.units.decimate.record import DECIMATE
from sw_kernels.build import compile_object, core_flags, link_cluster_program, link_program
from sw_kernels.packing.layouts import LAYOUTS
from tests.designs import cluster_verilog, core_verilog

ROOT = Path(__file__).parents[2]
WEIGHTS = np.array([[0, -5, 0, 0, 2, 0, 0, 0]], np.int8)


def test_the_import_costs_nothing():
    script = "import sys, xdecimate; print(xdecimate.__all__, *sorted(sys.modules), sep='\\n')"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    names, *modules = done.stdout.splitlines()
    assert "'prune'" in names
    assert not {"numpy", "amaranth", "typer", "hw.config", "xdecimate._api"} & set(modules)


def test_commands_hide_no_name():
    """A submodule of the same name would take a function's place as soon as it is imported."""
    assert not {path.stem for path in (ROOT / "xdecimate").iterdir()} & set(xd.__all__)


def test_an_unknown_name():
    with pytest.raises(AttributeError, match="prunes"):
        _ = xd.prunes  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("name", ["xdecimate", *xd.__all__])
def test_every_name_is_documented_and_its_examples_hold(name: str):
    subject = getattr(xd, name, xd)
    assert (subject.__doc__ or "").strip()
    for test in doctest.DocTestFinder(recurse=False).find(subject, name, globs={}):
        assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("m", [4, 8, 16])
@pytest.mark.parametrize("shape", [(3, 40), (5, 3, 3, 6)])
def test_what_is_pruned_packs_and_unpacks(m: int, shape: tuple[int, ...], rng: np.random.Generator):
    pruned = xd.prune(rng.integers(-128, 128, shape).astype(np.int8), m)
    for layout in LAYOUTS:
        packed = xd.pack(pruned, m, layout.name)
        assert np.array_equal(xd.unpack(packed), pruned.reshape(len(pruned), -1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: xd.prune([[1, 2]], 4), "must be an array .* not a list; convert it"),  # type: ignore[arg-type]
        (lambda: xd.prune(WEIGHTS > 0, 4), "integer or floating of shape .* not of bool"),
        (lambda: xd.prune(WEIGHTS[0], 4), r"of shape \(K, ...\), not of shape \(8,\)"),
        (lambda: xd.prune(WEIGHTS[:0], 4), r"not of shape \(0, 8\)"),
        (lambda: xd.prune(WEIGHTS, 5), "M must be one of 4, 8, 16, not 5"),
        (lambda: xd.prune(np.array([[1.0, np.nan]]), 4), "weights must be finite"),
        (lambda: xd.pack(WEIGHTS.astype(np.int32), 4, "repeated"), "int8 of shape .* not of int32; quantize"),
        (lambda: xd.pack(WEIGHTS, 4, "csr"), "layout must be one of .*, not 'csr'"),
        (lambda: xd.pack(WEIGHTS, 8, "repeated"), "channel 0, block 0 .* prune the weights to 1:8 first"),
        (lambda: xd.pack(WEIGHTS, 2, "repeated"), "M must be one of"),
        (lambda: xd.unpack(WEIGHTS), "the result of pack, not a ndarray"),  # type: ignore[arg-type]
    ],
)
def test_weights_that_are_refused(call: Callable[[], object], message: str):
    with pytest.raises(xd.UserError, match=message):
        call()


@pytest.mark.long
def test_verilog_is_what_the_command_writes():
    assert xd.verilog() == renamed(core_verilog(XDECIMATE), "core", "xdecimate_core")
    trapping = core_verilog(replace(RV32IM, mtvec_reset=0x80))
    assert xd.verilog("rv32im", mtvec_reset=0x80) == renamed(trapping, "core", "rv32im_core")
    assert xd.verilog(RV32IM, rvfi=True, name="core") == core_verilog(RV32IM, rvfi=True)
    assert xd.verilog(top="unit") == unit_verilog(DECIMATE)


@pytest.mark.long
def test_verilog_of_a_cluster():
    text = cluster_verilog(xd.ClusterConfig(cores=2, core=RV32IM))
    named = renamed(text, "cluster", "rv32im_standard_cores_2_cluster")
    assert xd.verilog("rv32im", top="cluster", cluster=2) == named


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"config": "rv64"}, "configuration must be one of rv32im"),
        ({"top": "soc"}, "top must be one of unit, core, cluster, not 'soc'"),
        ({"top": "unit", "rvfi": True}, "rvfi is a port of the core, not of unit"),
        ({"top": "core", "cluster": 2}, "belongs to a cluster, not to core"),
        ({"name": "my core"}, "name must consist of letters, digits and _, .* not 'my core'; choose another"),
        ({"top": "unit", "name": ""}, "name must consist of letters"),
        ({"top": "cluster", "name": "logic"}, "name must not be a keyword of SystemVerilog, not 'logic'"),
        ({"top": "unit", "mtvec_reset": 4}, "mtvec_reset sets a register of the core"),
        ({"mtvec_reset": 2}, "mtvec_reset must be a 32-bit multiple of 4"),
        ({"top": "cluster", "cluster": 17}, "cores must be in 1..16, not 17"),
        (
            {"top": "cluster", "cluster": xd.ClusterConfig(), "config": "rv32im"},
            "the cluster's own cores are xdecimate, not rv32im; leave config out",
        ),
    ],
)
def test_verilog_that_there_is_not(arguments: dict, message: str):
    with pytest.raises(xd.UserError, match=message):
        xd.verilog(**arguments)


def test_a_unit_is_no_name_among_the_extensions():
    with pytest.raises(ValueError, match=r"xdecimate is a unit's: give it with units, or by with_\('xdec"):
        xd.CoreConfig(name="mine", extensions=frozenset({"m", "xdecimate"}))


def test_a_group_is_no_name_among_the_extensions():
    with pytest.raises(ValueError, match=r"corev is a group of extensions: give it by with_\('corev'"):
        xd.CoreConfig(name="mine", extensions=frozenset({"m", "corev"}))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"baseline": "rv64"}, "configuration must be one of"),
        ({"cluster": 0}, "cores must be in 1..16, not 0"),
        ({"cluster": 2, "flat": True}, "leave out flat"),
        ({"library": "sky131"}, "library must be one of sky130A, .*, or a Liberty file, not 'sky131'"),
        ({"library": "nothing.lib"}, "cannot read nothing.lib"),
        ({"library": Path("nothing")}, "cannot read nothing"),
        ({"orders": 0}, "orders must be 1 or more, not 0"),
        ({"orders": 2}, "more than one order needs a flattened core"),
        ({"orders": 2, "flat": True, "cluster": 2}, "more than one order needs a flattened core"),
    ],
)
def test_an_area_that_there_is_not(arguments: dict, message: str):
    with pytest.raises(xd.UserError, match=message):
        xd.area(**arguments)


@pytest.mark.long
def test_an_area_and_what_it_consists_of():
    report = xd.area("rv32im", xd.core_config("rv32im+xdecimate"))
    assert (report.baseline, report.extended) == ("rv32im", "rv32im+xdecimate")
    before, after = (sum(side) for side in zip(*report.blocks.values(), strict=True))
    assert before == pytest.approx(report.baseline_ge, abs=1)
    assert after == pytest.approx(report.extended_ge, abs=1)
    assert report.overhead_ge == pytest.approx(after - before, abs=1)
    assert report.overhead_percent == pytest.approx(100 * (after / before - 1), abs=0.01)
    assert report.blocks["decimate"][0] == 0
    assert report.library == report.figures["target"] == xd.unit_area().figures["target"]


def test_a_unit_in_a_library_that_there_is_not():
    with pytest.raises(xd.UserError, match="library must be one of"):
        xd.unit_area(library="sky131")


#: Counts its instructions, writes a word and a character, and ends with a code.
PROGRAM = """\
#include "runtime.h"
volatile uint32_t sums[2];
int main(void) {{ sums[0] = 0x01020304; sums[1] = 7; return {code}; }}
"""


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Path]:
    """Build a program that leaves two words in ``sums``, and ends with a code."""

    def make(code: int = 0, cluster: xd.ClusterConfig | None = None) -> Path:
        source = tmp_path / f"program{code}.c"
        source.write_text(PROGRAM.format(code=code))
        compiled = compile_object(source, core_flags(XDECIMATE))
        if cluster:
            return link_cluster_program("program", [compiled], cluster)
        return link_program("program", [compiled], XDECIMATE, MEMORY_MAP.l1.size)

    return make


@pytest.mark.parametrize("model", ["rtl", "iss"])
def test_a_program_and_its_memory(model: str, build: Callable[..., Path]):
    start = xd.Region(base=MEMORY_MAP.l2.base, size=4)
    result = xd.run_elf(build(), model=model, dumps={"words": "sums", "start": start})
    assert result.passed
    assert result.ending == "passed"
    assert result.instructions > 0
    assert (result.cycles is None) == (model == "iss")
    assert result.dumps == {"words": bytes((4, 3, 2, 1, 7, 0, 0, 0)), "start": bytes(4)}


def test_a_program_that_fails_is_a_result(build: Callable[..., Path]):
    result = xd.run_elf(str(build(3)), "xdecimate", model="iss")
    assert (result.exit_code, result.passed) == (3, False)
    assert result.ending == "failed with code 3"


@pytest.mark.long
def test_a_program_on_a_cluster(build: Callable[..., Path]):
    config = xd.ClusterConfig()
    result = xd.run_elf(build(cluster=config), cluster=config, dumps={"words": "sums"})
    assert result.passed
    assert result.dumps["words"] == bytes((4, 3, 2, 1, 7, 0, 0, 0))
    assert xd.run_elf(build(cluster=config), "xdecimate", cluster=8).cycles == result.cycles


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"config": "rv64"}, "configuration must be one of"),
        ({"model": "qemu"}, "model must be one of rtl, iss, not 'qemu'"),
        ({"max_cycles": 0}, "max_cycles must be in 1..18446744073709551615, not 0"),
        ({"l1_bytes": 3}, "l1_bytes must be in 4..16777216, not 3"),
        ({"model": "iss", "trace": "wave.fst"}, "a trace shows signals of the RTL"),
        ({"model": "iss", "cluster": 2}, "need a single core; leave them out, or the cluster"),
        ({"l1_bytes": 4096, "cluster": 2}, "need a single core; leave them out, or the cluster"),
        ({"cluster": 17}, "cores must be in 1..16"),
        ({"trace": "/nowhere/x.fst"}, "cannot write /nowhere/x.fst"),
        ({"dumps": {"a": "nothing"}}, "dump a: .* has no symbol 'nothing'"),
        ({"dumps": {"a": ("sums", "nothing")}}, "dump a: .* has no symbol 'nothing'"),
        ({"dumps": {"a": "_stack_top"}}, "has no size; give a Region, or a second symbol at the end"),
        ({"dumps": {"a": ("sums",)}}, "dump a must be a Region, a symbol, or two of them, not"),
        ({"dumps": {"a": ("sums", "sums")}}, "dump a must have at least one byte .* not 0 bytes from 0x"),
        (
            {"dumps": {"a": xd.Region(base=0, size=4)}},
            "dump a must .* lie in one memory, not 4 bytes from 0x00000000",
        ),
    ],
)
def test_a_run_that_there_is_not(arguments: dict, message: str, build: Callable[..., Path]):
    with pytest.raises(xd.UserError, match=message):
        xd.run_elf(build(), **arguments)


def test_a_program_that_is_none():
    with pytest.raises(xd.UserError, match="is not a usable ELF file"):
        xd.run_elf(__file__)
    with pytest.raises(xd.UserError, match="cannot read /nowhere"):
        xd.run_elf("/nowhere")
