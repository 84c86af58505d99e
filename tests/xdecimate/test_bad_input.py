"""Invalid arguments of the commands: one clear message, exit status 2, nothing written."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hw.config import CONFIGS, XDECIMATE
from sw_kernels.build import core_flags, run_clang
from verif.fuzz.case import case
from verif.fuzz.replay import write_case

from .conftest import Call, Refused

#: Commands that take a while and write figures.
MEASURING = (
    *("fuzz", "formal", "mutation unit", "coverage", "suite .", "run nothing.elf"),
    *("area", "timing", "fpga", "energy conv", "equivalence unit"),
)
#: Commands with random operands, weights or inputs; NumPy takes no negative seed.
SEEDED = ("bench conv", "bench networks resnet8", "model resnet8 -o x.onnx", "infer x.onnx")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("fuzz --jobs 0", "--jobs"),
        ("fuzz --jobs 65", "--jobs"),
        *((f"{command} --seed -1", "--seed") for command in SEEDED),
        ("fuzz --jobs two", "--jobs"),
        ("fuzz --instructions -1", "--instructions"),
        ("fuzz --program -1 --seed 1 --config rv32im", "--program"),
        ("fuzz --replay .", "cannot read .: Is a directory"),
        ("fuzz --replay /nowhere --seed 1", "leave out --program, --seed and --config"),
        ("fuzz --config nope+m", "configuration must be one of rv32im"),
        ("fuzz --config rv32im+q", "extensions must be among"),
        ("fuzz --config rv32im+q", "xcvelw, corev, xdecimate"),
        ("verilog core -o .", "cannot write .: Is a directory"),
        ("verilog core --mtvec-reset 0x1C008002", "mtvec_reset must be a 32-bit multiple of 4"),
        ("verilog core --mtvec-reset boot", "an address must be a number such as 0x1c008000, not 'boot'"),
        ("verilog unit --mtvec-reset 4", "mtvec_reset sets a register of the core"),
        ("run nothing.elf --trace .", "cannot write .: Is a directory"),
        ("run nothing.elf --signature /nowhere/x", "cannot write /nowhere/x"),
        ("test --junit .", "cannot write .: Is a directory"),
        ("bench conv --json .", "cannot write .: Is a directory"),
        ("bench conv --cores 2 --plot /nowhere/x", "cannot write /nowhere/x.png"),
        ("bench conv --cores 2 --plot .", "--plot must name a file, not ."),
        ("bench conv --json /nowhere/-", "cannot write /nowhere/-"),
        ("fuzz --config rv32im+", "configuration 'rv32im+' must name an extension behind each + and -"),
        ("fuzz --config rv32im-", "configuration 'rv32im-' must name an extension behind each + and -"),
        ("fuzz --config rv32im+m", "configuration 'rv32im+m' adds extension m, which is there already"),
        ("fuzz --config rv32im+xcvmem+xcvmem", "adds extension xcvmem, which is there already"),
        (
            "fuzz --config rv32im+xcvcplx",
            "extension xcvcplx uses the lanes of xcvsimd and the shifts of xcvalu; add both",
        ),
        ("fuzz --config rv32im+corev+xcvbi", "adds extension xcvbi, which is there already"),
        ("fuzz --config rv32im-xcvmem", "leaves out extension xcvmem, which is not there"),
        ("fuzz --config baseline-rv32i", "extension rv32i is always there; it cannot be left out"),
        (
            "fuzz --config baseline-m",
            "extension xcvmac shares the multiplier of m; add m, or leave out xcvmac",
        ),
        ("fuzz --config xdecimate-xcvhwlp-xcvhwlp", "leaves out extension xcvhwlp, which is not there"),
        ("run nothing.elf --json nothing.elf", "--json nothing.elf would overwrite the program"),
        ("run a.elf --trace x --json ./x", "--json x would overwrite --trace"),
        *((f"{command} --json .", "cannot write .: Is a directory") for command in MEASURING),
        ("formal -k nothing", "no proof has 'nothing' in its name; subjects are unit, coprocessor, decmac"),
        ("formal -k forwarding --cheap", "--cheap leaves no proof whose name contains 'forwarding'"),
        ("formal --jobs 0", "--jobs"),
        ("mutation unit --scheduler tcp://host:8786", "--scheduler is for the core"),
        (
            "mutation core --scheduler here",
            "--scheduler must be an address such as tcp://host:8786, not 'here'",
        ),
        ("bench conv --cores 2 --scheduler here", "--scheduler must be an address such as tcp://host:8786"),
        ("soak --scheduler here", "--scheduler must be an address such as tcp://host:8786, not 'here'"),
        ("soak --seeds 0", "--seeds"),
        ("formal --scheduler here", "--scheduler must be an address such as tcp://host:8786, not 'here'"),
        (
            "fuzz --seed 1 --scheduler here",
            "--scheduler must be an address such as tcp://host:8786, not 'here'",
        ),
        ("formal --json /nowhere/x", "cannot write /nowhere/x: No such file or directory"),
        ("mutation unit --count 0", "--count"),
        ("mutation unit --count -5", "--count"),
        ("mutation core --count 70000", "--count"),
        ("mutation core --count 1.5", "--count"),
        ("mutation unit --seed 0", "--seed"),
        ("mutation alu", "alu"),
        ("mutation cluster", "'cluster' is not one of"),
        (
            "mutation unit --config baseline",
            "baseline has none: choose --config xdecimate,",
        ),
        ("mutation core --config nope", "configuration must be one of rv32im"),
        ("mutation unit --source hw/core", "--source is for the core"),
        ("mutation core --source a*", "must be part of a path, such as hw/units/decmac, not 'a*'"),
        ("mutation core --json /nowhere/x", "cannot write /nowhere/x"),
        ("coverage --json /nowhere/x", "cannot write /nowhere/x"),
        ("coverage --seed 0", "--seed"),
        (
            "check x.onnx --json ./x.onnx",
            "--json x.onnx would overwrite the model; give each a file of its own",
        ),
        ("infer x.onnx --json x.onnx", "--json x.onnx would overwrite the model"),
        ("infer x.onnx --resize", "--resize scales an image; give one with --input, or leave out --resize"),
        ("infer x.onnx --input x.npy", "'x.npy' does not exist"),
        ("suite /nowhere", "/nowhere has no file *.elf"),
        ("suite . --configs rv32im,", "configuration must be one of"),
        ("suite . --json /nowhere/x", "cannot write /nowhere/x"),
    ],
)
def test_arguments(command: str, message: str, refused: Refused):
    assert message in refused(*command.split())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[: len(text) // 2], "is damaged"),
        (lambda text: text.replace('"config": "rv32im"', '"config": "rv64"'), "its checksum is wrong"),
        (lambda text: text.replace('"case": {', '"cases": {'), "is damaged"),
        (lambda text: text.replace("case 1", "case 2"), "is not a case of this version"),
        (lambda _: "\0" * 100, "is damaged"),
        (lambda _: "{}", "is not a case of this version"),
    ],
)
def test_a_damaged_case(damage: Callable[[str], str], message: str, refused: Refused, tmp_path: Path):
    path = tmp_path / "case.json"
    write_case(path, case(CONFIGS["rv32im"], 1, 0), "")
    path.write_text(damage(path.read_text()))
    errors = refused("fuzz", "--replay", path)
    assert errors.startswith(f"error: {path}")
    assert message in errors


@pytest.fixture
def elf(tmp_path: Path) -> Callable[..., Path]:
    """Link a program that ends at once, with a signature between the two expressions."""

    def make(begin: str = "results", end: str = "results + 8", tohost: str = "here") -> Path:
        symbols = {"begin_signature": begin, "end_signature": end, "tohost": tohost}
        source = tmp_path / "program.S"
        source.write_text(
            ".globl _start, tohost, begin_signature, end_signature\n.text\n_start: la t0, here\n"
            "li t1, 1\nsw t1, 0(t0)\nj .\n.data\n.align 2\nhere: .word 0\nresults: .word 1, 2, 3, 4\n"
            + "".join(f".set {name}, {value}\n" for name, value in symbols.items() if value)
        )
        script = tmp_path / "program.ld"
        script.write_text("SECTIONS { . = 0x1c008080; .text : { *(.text) } .data : { *(.data) } }\n")
        path = tmp_path / "program.elf"
        run_clang([*core_flags(XDECIMATE), "-T", script, source], path)
        return path

    return make


@pytest.mark.parametrize(
    ("begin", "end", "message"),
    [
        ("", "", "has no symbol begin_signature and no symbol end_signature"),
        ("results", "", "has no symbol end_signature"),
        ("results + 8", "results", "place end_signature after begin_signature"),
        ("results", "results", "place end_signature after begin_signature"),
        ("results", "results + 0x1000", "must lie in a segment that the program loads"),
        ("0x20000000", "0x20000010", "must lie in a segment that the program loads"),
        ("results + 2", "results + 6", "must start at a multiple of 4"),
    ],
)
def test_a_signature_that_is_not_there(
    begin: str, end: str, message: str, elf: Callable[..., Path], refused: Refused
):
    assert message in refused("run", elf(begin, end), "--signature", "signature")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({4: 2}, "64-bit, little-endian; give an executable"),  # EI_CLASS
        ({5: 2}, "32-bit, big-endian; give an executable"),  # EI_DATA
        ({18: 40}, "is ET_EXEC for EM_ARM, 32-bit, little-endian; give an executable"),
        ({16: 3}, "is ET_DYN for EM_RISCV"),
        ({0: 0}, "is not a usable ELF file"),
        ({27: 0x1C, 26: 0x01}, "there is no instruction at the entry 0x1c018080"),
    ],
)
def test_an_elf_that_is_not_for_the_core(
    changes: dict[int, int], message: str, elf: Callable[..., Path], refused: Refused
):
    path = elf()
    content = bytearray(path.read_bytes())
    for place, value in changes.items():
        content[place] = value
    path.write_bytes(content)
    errors = refused("run", path)
    assert errors.startswith(f"error: {path}")
    assert message in errors


def load_headers(content: bytes | bytearray) -> list[int]:
    """Places of the PT_LOAD headers of a 32-bit ELF file."""
    headers, count = int.from_bytes(content[28:32], "little"), int.from_bytes(content[44:46], "little")
    return [at for at in range(headers, headers + 32 * count, 32) if content[at] == 1]


@pytest.mark.parametrize("shift", [4, 0, -4], ids=["behind its start", "at its start", "over its start"])
@pytest.mark.parametrize("model", ["rtl", "iss"])
def test_segments_that_overlap(shift: int, model: str, elf: Callable[..., Path], refused: Refused):
    path = elf()
    content = bytearray(path.read_bytes())
    code, data = load_headers(content)
    start = int.from_bytes(content[code + 12 : code + 16], "little")
    content[data + 12 : data + 16] = (start + shift).to_bytes(4, "little")  # p_paddr
    path.write_bytes(content)
    errors = refused("run", path, "--model", model)
    assert f"{min(start, start + shift):#010x}.." in errors
    assert "overlap; link each of them to its own addresses" in errors


def test_compressed_instructions(elf: Callable[..., Path], refused: Refused, call: Call):
    path = elf()
    content = bytearray(path.read_bytes())
    content[36] |= 1  # e_flags
    path.write_bytes(content)
    for model in ("rtl", "iss"):
        errors = refused("run", path, "--model", model, "--config", "xdecimate-c")
        assert "has compressed instructions (RVC)" in errors
        assert "-march=rv32im" in errors
        assert call("run", path, "--model", model, "--config", "xdecimate").status == 0


@pytest.mark.parametrize("place", ["0x20000000", "0x1a10000c", "results + 2", "0x1c18fffe"])
@pytest.mark.parametrize("model", ["rtl", "iss"])
def test_tohost_where_no_store_is_seen(place: str, model: str, elf: Callable[..., Path], refused: Refused):
    errors = refused("run", elf(tohost=place), "--model", model)
    assert (
        "where the simulator does not see a store of a word; place it at a multiple of 4 in 0x10000000.."
        in errors
    )


def test_tohost_in_the_l1_of_a_cluster(elf: Callable[..., Path], refused: Refused):
    errors = refused("run", elf(tohost="0x10000100"), "--cores", "2")
    assert "tohost is at 0x10000100, where the simulator does not see a store of a word" in errors
    assert "in 0x1c000000..0x1c18ffff, 0x80000000.." in errors


@pytest.mark.parametrize("limit", ["0", "-1", str(1 << 64), "9" * 40])
@pytest.mark.parametrize("where", [(), ("--model", "iss"), ("--cores", "2")], ids=["rtl", "iss", "cluster"])
def test_cycles_that_no_counter_holds(limit: str, where: tuple[str, ...], refused: Refused):
    errors = refused("run", "nothing.elf", "--max-cycles", limit, *where)
    assert errors == f"error: max_cycles must be in 1..18446744073709551615, not {limit}"


def test_a_segment_outside_memory(elf: Callable[..., Path], refused: Refused):
    path = elf()
    content = bytearray(path.read_bytes())
    load = load_headers(content)[0]
    content[load + 12 : load + 16] = (0x4000_0000).to_bytes(4, "little")  # p_paddr
    path.write_bytes(content)
    errors = refused("run", path, "--json", "figures.json")
    assert "segment 0x40000000.." in errors
    assert "does not fit into memory; link it into 0x10000000.." in errors


def test_figures_that_cannot_be_written_are_reported_before_the_run(
    elf: Callable[..., Path], refused: Refused
):
    assert "cannot write /nowhere/x" in refused("run", elf(), "--json", "/nowhere/x")
    assert "cannot write /nowhere/x" in refused("run", elf(), "--cores", "2", "--json", "/nowhere/x")
    assert "cannot write .: Is a directory" in refused("run", elf(), "--signature", ".")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verilog", "core", "--config", "nope"), "configuration must be one of rv32im, baseline, xdecimate"),
        (("verilog", "nonsense"), "nonsense"),
        (("verilog", "cluster", "--cores", "17"), "cores must be in 1..16, not 17"),
        (("verilog", "core", "--cores", "2"), "a number of cores belongs to a cluster, not to core"),
        (("bench", "conv", "--plot", "x"), "--plot shows clusters; add --cores or --cluster"),
        (("bench", "conv", "--cluster", "standard,banks=12"), "banks must be a power of two"),
        (("bench", "conv", "--cluster", "huge"), "cluster must be one of small, standard, wide, not 'huge'"),
        (("bench", "conv", "--cores", "2", "--cluster", "wide,cores=4"), "gives cores twice"),
        (
            ("verilog", "cluster", "--cluster", "wide,turn=2"),
            "'turn=2' must be FIGURE=NUMBER, with FIGURE one of",
        ),
        (("area", "--unit", "--cluster", "small"), "--unit measures the unit alone"),
        (("bench", "conv", "--cores", "1,x"), "--cores must be numbers separated by commas"),
        (("verilog", "unit", "--name", "always"), "must not be a keyword of SystemVerilog, not 'always'"),
        (
            ("verilog", "unit", "--waivers", "x.vlt"),
            "--waivers describes a file of Verilog; name that file with",
        ),
        (("verilog", "unit", "-o", "x.v", "--fusesoc", "x.v"), "--fusesoc x.v would overwrite --output"),
        (("verilog", "unit", "--protocol", "axi"), "protocol must be cv-x-if, not 'axi'"),
        (
            ("verilog", "core", "--protocol", "cv-x-if"),
            "protocol is that of the unit, not of core; leave it out",
        ),
        (("verilog", "unit", "--rvfi"), "rvfi is a port of the core"),
        (("run", "/nonexistent.elf"), "cannot read /nonexistent.elf"),
        (("run", __file__), "is not a usable ELF file"),
        (("run", sys.executable), "EM_RISCV"),
        (("run", "x.elf", "--config", "nope"), "configuration must be one of"),
        (("run", "x.elf", "--max-cycles", "0"), "max_cycles"),
        (("run", "x.elf", "--cores", "2", "--l1-bytes", "4096"), "need a single core"),
        (("bench", "pooling"), "operator must be one of conv, linear"),
        (("bench", "conv", "--m", "5"), "M must be one of 4, 8, 16"),
        (("bench", "conv", "--kernel", "winograd"), "kernel of conv must be one of"),
        (("bench", "conv", "--geometry", "C=1,K=1,I=4,F=3,S=0"), "SX must be an integer of at least 1"),
        (("bench", "conv", "--geometry", "C=1,K=1,I=2,F=5"), "larger than the padded input"),
        (("bench", "conv", "--geometry", "C=1,K=1"), "IX"),
        (("bench", "conv", "--geometry", "round"), "NAME=INTEGER"),
        (("bench", "linear", "--geometry", "C=30000,K=1000"), "layer"),
        (("bench",), "an operator is missing; name one of"),
        (("bench", "conv", "--simulator"), "--simulator measures no kernel; leave out the operator"),
        (("bench", "--simulator", "--m", "8"), "leave out the operator, --geometry, --m, --kernel"),
        (
            ("bench", "--simulator", "--scheduler", "tcp://127.0.0.1:9"),
            "--simulator measures on this machine alone; leave out --scheduler",
        ),
        (
            ("bench", "--inner-loops", "--scheduler", "tcp://127.0.0.1:9"),
            "--inner-loops measures on this machine alone; leave out --scheduler",
        ),
        (("bench", "conv", "--inner-loops", "--geometry", "C=1,K=1,I=4"), "leave out --geometry"),
        (
            ("bench", "conv", "--cores", "2", "--kernel", "sparse_xdecmac"),
            "conv sparse_xdecmac m4 needs a core with xdecmac",
        ),
        (("bench", "--simulator", "--config", "xdecmac"), "--simulator measures no kernel; leave out"),
        (("bench", "conv", "--kernel", "sparse_xdecmac"), "conv sparse_xdecmac m4 needs a core with xdecmac"),
        (("test", "-k", "nothing here"), "no test has 'nothing here' in its name"),
        (("area", "--configs", "baseline"), "two names"),
        (("area", "--configs", "baseline,rv32im+x"), "extensions must be among"),
        (("area", "--pdk", "sky131"), "the PDK must be one of sky130A"),
        (("area", "--liberty", __file__), "is not a complete Liberty file"),
        (("timing",), "has no times in ns"),
        (("timing", "--period", "0"), "--period must be a number of ns above 0"),
        (("fpga", "--device", "spartan6"), "the device must be one of ice40"),
        (("fpga", "--seeds", "0"), "--seeds must be 1 or more"),
    ],
)
def test_arguments_with_paths_and_blanks(arguments: tuple[str, ...], message: str, refused: Refused):
    assert message in refused(*arguments)
