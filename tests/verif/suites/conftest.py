"""Small programs of our own, made with the headers of the public suites."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hw.config import XDECIMATE
from sw_kernels.build import core_flags, run_clang

SUITES = Path(__file__).parents[3] / "verif" / "suites"
PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Path]:
    """Compile and link a program of programs/ to FOLDER/NAME.elf."""

    def make(source: str, name: str = "", folder: str = "elf/own", **defines: str) -> Path:
        elf = tmp_path / folder / f"{name or source}.elf"
        symbols = [f"-D{symbol}={value}" for symbol, value in defines.items()]
        headers = ["-I", SUITES, "-T", SUITES / "link.ld"]
        run_clang([*core_flags(XDECIMATE), *headers, *symbols, PROGRAMS / f"{source}.S"], elf)
        return elf

    return make
