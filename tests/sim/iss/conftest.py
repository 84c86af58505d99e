"""Small machines for the tests of the instruction-set model."""

from collections.abc import Callable

import pytest

from hw.config import MEMORY_MAP, CoreConfig, config_named
from hw.instructions import named
from sim.iss.machine import Machine

CODE = MEMORY_MAP.boot
DATA = MEMORY_MAP.l1.base
#: With every instruction of CORE-V.
CONFIG = config_named("xdecimate+corev")

Assemble = Callable[..., int]
Start = Callable[..., Machine]


@pytest.fixture
def word() -> Assemble:
    """An instruction word: ``word("addi", rd=1, rs1=0, imm=5)``; ``form`` where operands must tell."""
    return lambda mnemonic, form=None, **fields: named(mnemonic, form).encode(**fields)


@pytest.fixture
def start() -> Start:
    """A machine at the boot address with these words there and these registers set."""

    def make(
        words: list[int], registers: dict[int, int] | None = None, config: CoreConfig = CONFIG
    ) -> Machine:
        machine = Machine(config)
        machine.memory.write(CODE, b"".join(word.to_bytes(4, "little") for word in words))
        for number, value in (registers or {}).items():
            machine.set_register(number, value)
        return machine

    return make
