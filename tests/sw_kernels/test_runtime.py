"""From reset to the end of a program, on the instruction-set model."""

from pathlib import Path

import pytest

from common.errors import UserError
from hw.config import CONFIGS
from sim.iss.program import run_elf
from sw_kernels.build import BuildError, compile_object, configuration, core_flags, link_program

EXIT = Path(__file__).parent / "programs" / "exit.c"


@pytest.mark.parametrize(("chosen", "code"), [(0, 0), (3, 3), (-1, 0x1000 + 2), (-2, 12)])
@pytest.mark.parametrize("name", CONFIGS)
def test_how_a_program_ends(name: str, chosen: int, code: int) -> None:
    config = configuration(name)
    objects = [compile_object(EXIT, core_flags(config), {"CODE": str(chosen)})]
    program = link_program("exit", objects, config, 1 << 17)
    assert run_elf(program, config, 10_000).exit_code == code


def test_link_fails_when_l1_is_too_small() -> None:
    config = configuration("xdecimate")
    objects = [compile_object(EXIT, core_flags(config), {"CODE": "0"})]
    with pytest.raises(BuildError, match="L1"):
        link_program("exit", objects, config, 4096)


def test_a_compiler_error_is_shown(tmp_path: Path) -> None:
    source = tmp_path / "broken.c"
    source.write_text("int main(void) { return nothing; }\n")
    with pytest.raises(BuildError, match="undeclared"):
        compile_object(source, core_flags(configuration("rv32im")))


def test_unknown_configuration() -> None:
    with pytest.raises(UserError, match="rv32im, baseline, xdecimate, xdecmac, xdecmac8, not 'rv64'"):
        configuration("rv64")
